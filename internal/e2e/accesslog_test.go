package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// line is a line of the access log: contract 3 with the JSON types of its
// fields.
type line struct {
	Time       string
	Event      string
	Trace      string
	Client     string
	Peer       string
	Endpoint   string
	ClientName string `json:"client_name"`
	Method     string
	Host       string
	Port       int
	Addr       string
	Answer     string
	Partition  string
	Service    string
	Region     string
	Kind       string
	Bucket     string
	Rule       string
	Ticket     string
	Verdict    string
	Reason     string
	Status     int
	Up, Down   int64
	TookMS     int64 `json:"took_ms"`
	Config     string
	Err        string
}

// accessLog is an access log that another process writes.
type accessLog struct{ file string }

// lines returns the lines that are complete.
func (l accessLog) lines(t *testing.T) []line {
	t.Helper()
	text, err := os.ReadFile(l.file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []line
	for raw := range bytes.Lines(text) {
		if !bytes.HasSuffix(raw, []byte("\n")) {
			break
		}
		var v line
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatalf("log line %q: %v", raw, err)
		}
		lines = append(lines, v)
	}
	return lines
}

// find waits for a line that is meant.
func (l accessLog) find(t *testing.T, what string, meant func(line) bool) line {
	t.Helper()
	var found line
	eventually(t, "the log has "+what, func() bool {
		for _, v := range l.lines(t) {
			if meant(v) {
				found = v
				return true
			}
		}
		return false
	})
	return found
}

// end waits for the line of a tunnel or request to host that is over.
func (l accessLog) end(t *testing.T, host string) line {
	t.Helper()
	return l.find(t, "the end of "+host, func(v line) bool { return v.Host == host && v.Event == "end" })
}
