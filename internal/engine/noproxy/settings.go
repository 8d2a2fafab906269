package noproxy

import (
	"net/url"
	"strings"
)

// Everywhere returns the variables of a person who sets a proxy and a list of
// exceptions wherever a program may look: both cases of each variable, and the
// properties of Java. An empty proxy or list is left out.
func Everywhere(httpProxy, httpsProxy, list string) Vars {
	vars := Vars{}
	var properties []string
	for name, value := range map[string]string{"http_proxy": httpProxy, "https_proxy": httpsProxy, "no_proxy": list} {
		if value != "" {
			vars[name], vars[strings.ToUpper(name)] = value, value
		}
	}
	for _, p := range []struct{ scheme, value string }{{"http", httpProxy}, {"https", httpsProxy}} {
		u, err := url.Parse(p.value)
		if err != nil || u.Hostname() == "" {
			continue
		}
		properties = append(properties, "-D"+p.scheme+".proxyHost="+u.Hostname())
		if u.Port() != "" {
			properties = append(properties, "-D"+p.scheme+".proxyPort="+u.Port())
		}
	}
	if list != "" {
		properties = append(properties, "-Dhttp.nonProxyHosts="+list)
	}
	if len(properties) > 0 {
		vars["system_properties"] = strings.Join(properties, " ")
	}
	return vars
}
