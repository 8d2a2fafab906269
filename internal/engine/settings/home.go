package settings

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// nobody is the home of nobody in particular.
const nobody = "~"

// drive begins an absolute path of Windows.
var drive = regexp.MustCompile(`^[A-Za-z]:[\\/]`)

// settle makes q's home what paths begin with, or refuses one that is no place.
func (q *Question) settle() error {
	home, example := q.Home, "/home/ec2-user"
	if home == "" || home == nobody {
		q.Home = nobody
		return nil
	}
	q.Home = path.Clean(home)
	absolute := path.IsAbs(home)
	if q.OS == Windows {
		q.Home = strings.TrimRight(strings.ReplaceAll(home, "/", `\`), `\`)
		absolute, example = drive.MatchString(home), `C:\Users\Administrator`
	}
	if !absolute || !printable(home) {
		return refuse(reason.New("settings.home", strconv.Quote(home), string(q.OS)), reason.New("settings.home.hint", example))
	}
	return nil
}

// home is a file of the user, whose path is given with slashes.
func (q Question) home(name string) string {
	if q.OS == Windows && q.Home != nobody {
		return q.Home + `\` + strings.ReplaceAll(name, "/", `\`)
	}
	return strings.TrimSuffix(q.Home, "/") + "/" + name
}

// homely reports whether f is a file of the user whose home is q's.
func (q Question) homely(f File) bool {
	return q.Home != nobody && strings.HasPrefix(f.Path, q.home(""))
}
