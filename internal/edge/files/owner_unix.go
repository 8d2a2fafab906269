//go:build unix

package files

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// modes says that files have modes worth comparing.
const modes = true

// owner is whom a file belongs to.
type owner struct {
	uid, gid int
	known    bool
}

// owner is whom name belongs to or, if there is no such file, its folder: what
// root writes into a home stays its user's.
func (s *session) owner(name string) owner {
	info, err := s.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = s.root.Stat(path.Dir(name))
	}
	if err != nil {
		return owner{}
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return owner{}
	}
	return owner{int(st.Uid), int(st.Gid), true}
}

// give makes f o's. Who is not root owns what they write, and may keep it.
func (o owner) give(f *os.File) error {
	if !o.known || os.Geteuid() != 0 {
		return nil
	}
	return f.Chown(o.uid, o.gid)
}

// settle makes sure that what a folder says of name outlasts a loss of power:
// without it a file may be there before the journal that tells of it.
func (s *session) settle(name string) error {
	dir, err := s.root.Open(path.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// adopt gives a folder to whom the folder around it belongs to.
func (s *session) adopt(dir string) error {
	info, err := s.root.Stat(path.Dir(dir))
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return s.root.Lchown(dir, int(st.Uid), int(st.Gid))
}
