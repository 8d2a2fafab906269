# takeover puts the program that was just installed in the place of the one that
# runs: that one hands its listening sockets over and keeps the tunnels it has
# until they end (deguchi-serve(1), SIGUSR2). If the new one does not come to
# serve, with this configuration for one, the old one goes on.
takeover() {
	systemctl is-active --quiet deguchi.service || return 0
	old=$(systemctl show --property=MainPID --value deguchi.service)
	if [ "${old:-0}" -le 1 ] || ! kill -s USR2 "$old"; then
		return 0
	fi
	tries=35
	while [ "$tries" -gt 0 ]; do
		new=$(systemctl show --property=MainPID --value deguchi.service)
		[ "$new" = "$old" ] || return 0
		sleep 1
		tries=$((tries - 1))
	done
	echo "deguchi: the version before this one goes on serving; 'journalctl -u deguchi' says why." >&2
	echo "deguchi: put that right, then: systemctl kill --kill-who=main --signal=USR2 deguchi" >&2
}
