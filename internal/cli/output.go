package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// printJSON prints doc, a struct, as the answer of command: one object whose
// first key is its schema, "deguchi/<command>/v1".
func (s *session) printJSON(command string, doc any) error {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("printing the answer of %s: %w", command, err)
	}
	rest := bytes.TrimPrefix(bytes.TrimSpace(body.Bytes()), []byte("{"))
	head := fmt.Sprintf(`{"schema":"deguchi/%s/v1"`, command)
	if !bytes.Equal(rest, []byte("}")) {
		head += ","
	}
	var out bytes.Buffer
	if err := json.Indent(&out, append([]byte(head), rest...), "", "  "); err != nil {
		return fmt.Errorf("printing the answer of %s: %w", command, err)
	}
	out.WriteByte('\n')
	_, err := s.Stdout.Write(out.Bytes())
	return err
}
