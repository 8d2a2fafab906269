package squid

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// carried are the directives that other parts of the package read.
var carried = setOf(`acl http_access include http_port https_port cache_peer cache_peer_access never_direct always_direct
	access_log proxy_protocol_access dns_nameservers connect_timeout shutdown_lifetime forwarded_for via cache`)

// needless are directives that leave nothing to carry over: caching, Squid's
// own processes, files and pages, talk with other caches, and lists of what is
// allowed there.
var needless = setOf(`cache_mem cache_dir cache_store_log cache_log cache_swap_low cache_swap_high cache_replacement_policy
	memory_replacement_policy memory_cache_mode memory_cache_shared memory_pools memory_pools_limit maximum_object_size
	minimum_object_size maximum_object_size_in_memory refresh_pattern quick_abort_min quick_abort_max quick_abort_pct
	range_offset_limit negative_ttl positive_dns_ttl negative_dns_ttl collapsed_forwarding cachemgr_passwd cache_mgr
	coredump_dir pid_filename logfile_rotate buffered_logs strip_query_terms debug_options visible_hostname
	unique_hostname hostname_aliases hosts_file mime_table icon_directory error_directory error_default_language
	error_log_languages err_page_stylesheet err_html_text email_err_data deny_info cache_effective_user
	cache_effective_group workers cpu_affinity_map max_filedescriptors max_filedesc pinger_enable pinger_program
	unlinkd_program icp_port htcp_port snmp_port icp_access htcp_access snmp_access htcp_clr_access store_dir_select_algorithm
	store_avg_object_size ipcache_size ipcache_low ipcache_high fqdncache_size dns_v4_first half_closed_clients
	server_persistent_connections client_persistent_connections pipeline_prefetch netdb_filename umask chroot
	prefer_direct nonhierarchical_direct hierarchy_stoplist dead_peer_timeout logfile_daemon log_mime_hdrs
	httpd_suppress_version_string shutdown_lifetime auth_param external_acl_type logformat global_internal_static
	ignore_expect_100 check_hostnames allow_underscore digest_generation offline_mode background_ping_rate`)

func setOf(words string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// settings turns what is not about access into sections, and reports what is
// not carried over. What asks for nothing is listed in one comment.
func (im *importer) settings() {
	var idle []string
	seen := make(map[string]bool)
	for i := range im.file.Lines {
		l := &im.file.Lines[i]
		word := l.Word.Text
		_, gate := gateOf(l)
		switch {
		case seen[word] || carried[word] || gate || harmless(l):
		case needless[word]:
			idle = append(idle, word)
		default:
			im.warn(l.Word, "DG1708.setting", word).Hint = reason.New("DG1708.hint.setting")
		}
		seen[word] = true
	}
	if len(idle) > 0 {
		im.out.note(im.say("squid.needless", strings.Join(idle, ", ")))
	}
	im.headers()
	im.log()
	im.servers()
	im.times()
}

// harmless reports whether a line switches off what Deguchi does not have.
func harmless(l *squidconf.Line) bool {
	switch l.Word.Text {
	case "icap_enable", "ecap_enable", "follow_x_forwarded_for", "delay_pools", "detect_broken_pconn":
		return len(l.Args) > 0 && (l.Args[0].Text == "off" || l.Args[0].Text == "deny" || l.Args[0].Text == "0")
	case "miss_access", "adapted_http_access", "http_reply_access":
		return len(l.Args) == 2 && l.Args[0].Text == "allow" && l.Args[1].Text == "all"
	}
	return false
}

// headers notes what Deguchi does to requests and answers in any case.
func (im *importer) headers() {
	for _, word := range []string{"forwarded_for", "via"} {
		if l := im.last(word); l != nil && len(l.Args) > 0 && l.Args[0].Text == "on" {
			im.note(l.Word, "DG1711.headers", word)
		}
	}
	if l := im.last("cache"); l != nil && len(l.Args) > 1 && l.Args[0].Text == "allow" {
		im.note(l.Word, "DG1711.cache")
	}
}

// log turns the first access_log that writes a file into log.
func (im *importer) log() {
	for _, l := range im.lines("access_log") {
		if len(l.Args) == 0 || l.Args[0].Text == "none" {
			continue
		}
		module, file, ok := strings.Cut(l.Args[0].Text, ":")
		if !ok {
			module, file = "stdio", l.Args[0].Text
		}
		if module != "stdio" && module != "daemon" || !strings.HasPrefix(file, "/") {
			im.warn(l.Args[0], "DG1712", quote(l.Args[0].Text)).Hint = reason.New("DG1712.hint")
			continue
		}
		for _, a := range l.Args[1:] {
			if im.acl(strings.TrimPrefix(a.Text, "!")) != nil {
				im.note(a, "DG1712.all", a.Text)
			} else if format := strings.TrimPrefix(a.Text, "logformat="); format != "squid" && !strings.Contains(a.Text, "=") || format != "squid" && format != a.Text {
				im.warn(a, "DG1712.format", quote(format)).Hint = reason.New("DG1712.hint.format")
			}
		}
		im.out.sections = append(im.out.sections, section{im.top(l), "log: {file: " + strconv.Quote(printable(file)) + ", format: squid}"})
		return
	}
}

// servers turns dns_nameservers into resolve.
func (im *importer) servers() {
	l := im.last("dns_nameservers")
	if l == nil {
		return
	}
	var list []string
	for _, a := range l.Args {
		addr, err := netip.ParseAddr(a.Text)
		if err != nil || addr.Zone() != "" {
			im.fail(a, "DG1702.address", quote(a.Text)).Hint = reason.New("DG1702.hint.server")
			continue
		}
		list = append(list, strconv.Quote(addr.String()))
	}
	if len(list) > 0 {
		im.out.sections = append(im.out.sections, section{im.top(l), "resolve: {servers: [" + strings.Join(list, ", ") + "]}"})
	}
}

// times turns connect_timeout and shutdown_lifetime into limits.
func (im *importer) times() {
	out := section{"limits:"}
	for _, t := range []struct {
		word, key string
		least     time.Duration
	}{{"connect_timeout", "connect_timeout", time.Millisecond}, {"shutdown_lifetime", "drain", 0}} {
		l := im.last(t.word)
		if l == nil {
			continue
		}
		d, ok := duration(l.Args)
		if !ok || d < t.least {
			im.fail(l.Word, "DG1702.time", t.word)
			continue
		}
		out = append(out, im.from(l), "  "+t.key+": "+d.String())
	}
	if len(out) > 1 {
		im.out.sections = append(im.out.sections, out)
	}
}

// units are the units of time of squid.conf.
var units = map[string]time.Duration{
	"millisecond": time.Millisecond, "second": time.Second, "minute": time.Minute, "hour": time.Hour,
	"day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
}

// duration reads "30 seconds"; seconds are what a bare number counts.
func duration(args []squidconf.Token) (time.Duration, bool) {
	if len(args) == 0 {
		return 0, false
	}
	n, err := strconv.ParseFloat(args[0].Text, 64)
	unit := time.Second
	if len(args) > 1 {
		unit = units[strings.TrimSuffix(args[1].Text, "s")]
	}
	d := time.Duration(n * float64(unit)).Round(time.Millisecond)
	return d, err == nil && unit > 0 && n >= 0 && d < 1e6*time.Hour
}

// top is from for what is not inside anything.
func (im *importer) top(l *squidconf.Line) string { return strings.TrimPrefix(im.from(l), "  ") }
