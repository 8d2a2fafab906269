package resolve

import (
	"errors"
	"io"
	"testing"
)

func TestError(t *testing.T) {
	tests := map[string]struct {
		err     *Error
		text    string
		timeout bool
	}{
		"a name that is not there":      {&Error{Name: "a.example", Kind: NotFound}, "no such name, or no address of it", false},
		"a server that refuses":         {&Error{Kind: Refused, Server: "192.0.2.53:53"}, "query refused (192.0.2.53:53)", false},
		"a server that is silent":       {&Error{Kind: Timeout, Server: "192.0.2.53:53"}, "no answer in time (192.0.2.53:53)", true},
		"too much to do: nothing known": {&Error{Kind: Overloaded}, "too many lookups under way", true},
		"closing: nothing known":        {&Error{Kind: Closed}, "resolver is closed", true},
		"what is underneath":            {&Error{Kind: Failed, Server: "192.0.2.53:53", Err: io.EOF}, "lookup failed (192.0.2.53:53): EOF", false},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			if got := tt.err.Error(); got != tt.text {
				t.Errorf("Error = %q, want %q", got, tt.text)
			}
			if got := errors.Is(tt.err, ErrTimeout); got != tt.timeout || tt.err.Timeout() != tt.timeout {
				t.Errorf("errors.Is(%v, ErrTimeout) = %t, Timeout = %t, want %t", tt.err, got, tt.err.Timeout(), tt.timeout)
			}
			if !errors.Is(tt.err, tt.err.Err) && tt.err.Err != nil {
				t.Errorf("errors.Is(%v, %v) = false", tt.err, tt.err.Err)
			}
		})
	}
	for i := range kinds {
		if kinds[i] == "" || said[i] == "" {
			t.Errorf("kind %d has no name or no words", i)
		}
	}
}
