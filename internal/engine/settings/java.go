package settings

import "slices"

// properties are Java's: https does not fall back to http, and the one list is
// for both. What reads the credentials depends on the program.
func (q Question) properties() []variable {
	var list []variable
	for _, scheme := range []string{"http", "https"} {
		list = append(list, variable{scheme + ".proxyHost", q.Proxy.Host}, variable{scheme + ".proxyPort", q.Proxy.port()})
		if q.Proxy.Secret() {
			list = append(list, variable{scheme + ".proxyUser", q.Proxy.User}, variable{scheme + ".proxyPassword", q.Proxy.Password})
		}
	}
	list = append(list, variable{"http.nonProxyHosts", q.Exclude.java()})
	if q.Proxy.Secret() {
		// Java offers no Basic authentication to the proxy of a tunnel unless
		// this list is empty (JDK 8u111 release notes).
		list = append(list, variable{"jdk.http.auth.tunneling.disabledSchemes", ""})
	}
	return list
}

// javaNotes adds what holds for every program that reads http.nonProxyHosts.
func (q Question) javaNotes(a *Answer) {
	q.Exclude.netless(a)
	q.Exclude.wide(a)
}

// writeJava is a file of arguments for the java launcher, and the variable that
// names it: so no password shows in a list of processes, or in the line that
// Java prints about the variable.
func writeJava(q Question) (Answer, error) {
	path := "/etc/deguchi/java.options"
	if q.OS == Windows {
		path = programData + `deguchi\java.options`
	}
	content := head("#", "java") + lines(q.properties(), func(v variable) string {
		return optionQuoted("-D" + v.name + "=" + v.value)
	})
	a := Answer{Files: []File{{Path: path, Mode: readable, Content: content}}}
	if q.OS == Windows {
		a.run("[Environment]::SetEnvironmentVariable('JDK_JAVA_OPTIONS', '@" + path + "', 'Machine')")
	} else {
		a.run("export JDK_JAVA_OPTIONS=@" + path)
	}
	a.note("java", path)
	if q.Proxy.Secret() {
		a.note("java-credentials")
	}
	q.exposed(&a, path)
	q.javaNotes(&a)
	return a, nil
}

// writeGradle is for gradle.properties, whose systemProp. lines become
// properties of the build.
func writeGradle(q Question) (Answer, error) {
	props := q.properties()
	content, keys := "", []string{}
	for _, v := range props {
		content += property("systemProp."+v.name, v.value) + "\n"
		keys = append(keys, "systemProp."+v.name)
	}
	f := block(q.home(".gradle/gradle.properties"), "gradle", "", content, slices.Compact(keys)...)
	f.Mode = q.private()
	a := Answer{Files: []File{f}}
	a.note("gradle")
	q.javaNotes(&a)
	return a, nil
}
