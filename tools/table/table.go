// Package table writes the tables of internal/base/awsdata: a source, the day on
// which it was taken, and rows, one a line, so that a change shows in a diff.
package table

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Table is a table on its way to a file.
type Table struct {
	Source, Taken string // day: 2006-01-02
	Rows          []any
}

// Rows returns typed as rows of a Table.
func Rows[R any](typed []R) []any {
	all := make([]any, len(typed))
	for i, r := range typed {
		all[i] = r
	}
	return all
}

// Encode returns the content of the files of tables, by the name of the table.
func Encode(tables map[string]Table) (map[string][]byte, error) {
	encoded := make(map[string][]byte, len(tables))
	for name, t := range tables {
		b, err := t.encode()
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		encoded[name] = b
	}
	return encoded, nil
}

// Write writes what Encode returned to files in folder.
func Write(folder string, encoded map[string][]byte) error {
	for name, content := range encoded {
		if err := os.WriteFile(filepath.Join(folder, name+".json"), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (t Table) encode() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\"source\": %q,\n\"taken\": %q,\n\"rows\": [\n", t.Source, t.Taken)
	for i, r := range t.Rows {
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return nil, err
		}
		b.Write(bytes.TrimSpace(line.Bytes()))
		if i+1 < len(t.Rows) {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]\n}\n")
	return b.Bytes(), nil
}
