package probe

import (
	"errors"
	"strings"

	"golang.org/x/sys/windows/registry"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// windowsPlaces reads the five places where the SSM agent finds a proxy.
func windowsPlaces() []facts.Source {
	const (
		variables = `SYSTEM\CurrentControlSet\Control\Session Manager\Environment`
		service   = `SYSTEM\CurrentControlSet\Services\AmazonSSMAgent`
		internet  = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`
		localSys  = `S-1-5-18\`
	)
	return []facts.Source{
		place("service", registry.LOCAL_MACHINE, service, func(k registry.Key) ([]string, error) {
			lines, _, err := k.GetStringsValue("Environment")
			return lines, err
		}),
		place("system", registry.LOCAL_MACHINE, variables, proxyVariables),
		place("localsystem", registry.USERS, localSys+"Environment", proxyVariables),
		place("ie", registry.USERS, localSys+internet, func(k registry.Key) ([]string, error) {
			if on, _, err := k.GetIntegerValue("ProxyEnable"); err != nil || on == 0 {
				return nil, err
			}
			var lines []string
			for _, name := range []string{"ProxyServer", "ProxyOverride"} {
				if v, _, err := k.GetStringValue(name); err == nil {
					lines = append(lines, name+"="+v)
				}
			}
			return lines, nil
		}),
		place("winhttp", registry.LOCAL_MACHINE, `SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections`, func(k registry.Key) ([]string, error) {
			b, _, err := k.GetBinaryValue("WinHttpSettings")
			return winHTTP(b), err
		}),
	}
}

// proxyVariables are the variables of a key that name a proxy or exceptions.
func proxyVariables(k registry.Key) ([]string, error) {
	names, err := k.ReadValueNames(-1)
	var lines []string
	for _, n := range names {
		if v, _, err := k.GetStringValue(n); err == nil && strings.HasSuffix(strings.ToLower(n), "_proxy") {
			lines = append(lines, n+"="+v)
		}
	}
	return lines, err
}

// place reads one place. A value that is not there is no error: it says nothing.
func place(name string, root registry.Key, path string, read func(registry.Key) ([]string, error)) facts.Source {
	s := facts.Source{Form: facts.Windows, Name: name}
	k, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return s
	}
	if err != nil {
		s.Err = err.Error()
		return s
	}
	defer k.Close()
	lines, err := read(k)
	if err != nil && !errors.Is(err, registry.ErrNotExist) {
		s.Err = err.Error()
	}
	s.Lines = lines
	return s
}
