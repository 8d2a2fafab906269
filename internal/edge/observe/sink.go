package observe

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// errNobodyReads is what opening a named pipe says that has no reader yet.
var errNobodyReads = errors.New("nobody reads the named pipe")

// stuck is how long one write to a pipe may take.
const stuck = time.Second

// sink is what the log is written to.
type sink struct {
	io.Writer
	file *os.File // nil if it is not ours to close
	pipe bool     // can be waited for
	used bool     // has been written to
}

// openSink opens file for lines to be added.
func openSink(file string) (*sink, error) {
	info, err := os.Stat(file)
	if err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		f, err := os.OpenFile(file, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if errors.Is(err, syscall.ENXIO) {
			return nil, fmt.Errorf("%s: %w", file, errNobodyReads)
		}
		if err != nil {
			return nil, err
		}
		return &sink{Writer: f, file: f, pipe: true}, nil
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640) //nolint:gosec // the file of the configuration; a log group may read it
	if err != nil {
		return nil, err
	}
	return &sink{Writer: f, file: f}, nil
}

// begin prepares the file for its first line. One that ends inside a line had
// a writer that died, unless another process is writing that line right now:
// a process that hands over and its successor share the file.
func (s *sink) begin() error {
	if s.used || s.file == nil || s.pipe {
		return nil
	}
	if endsInside(s.file) && alone(s.file) && endsInside(s.file) { // it may have been whole by the time of the lock
		if _, err := s.Write([]byte{'\n'}); err != nil {
			return err
		}
	}
	share(s.file)
	s.used = true
	return nil
}

// endsInside reports whether a plain file ends in the middle of a line, as one
// does whose disk was full when its writer died.
// It is opened by its name to be read; what has that name by now may be another.
func endsInside(file *os.File) bool {
	f, err := os.Open(file.Name()) // the file of the configuration
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	if ours, err := file.Stat(); err != nil || !os.SameFile(ours, info) {
		return false
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], info.Size()-1)
	return err == nil && last[0] != '\n'
}

// write writes lines, of which n bytes were written if it fails.
func (s *sink) write(lines []byte) (n int, err error) {
	if s.pipe {
		_ = s.file.SetWriteDeadline(time.Now().Add(stuck))
	}
	if err := s.begin(); err != nil {
		return 0, err
	}
	n, err = s.Write(lines)
	if err == nil && n < len(lines) {
		err = io.ErrShortWrite
	}
	return n, err
}

// close closes the file, if it is ours. A nil sink is closed.
func (s *sink) close() {
	if s != nil && s.file != nil {
		_ = s.file.Close()
	}
}
