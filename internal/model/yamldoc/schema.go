package yamldoc

import (
	"encoding/json"
	"fmt"
	"maps"
)

// objectSchema describes an object with fields.
func objectSchema[T any](fields []Field[T]) Schema {
	properties := make(Schema, len(fields))
	var required []string
	for _, f := range fields {
		p := maps.Clone(f.schema)
		if f.doc != "" {
			p["description"] = f.doc
		}
		properties[f.key] = p
		if f.required {
			required = append(required, f.key)
		}
	}
	s := Schema{"type": "object", "additionalProperties": false, "properties": properties}
	if required != nil {
		s["required"] = required
	}
	return s
}

// JSON returns s as a document of JSON Schema 2020-12.
func (s Schema) JSON(title string) ([]byte, error) {
	doc := maps.Clone(s)
	doc["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	doc["title"] = title
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return append(out, '\n'), nil
}
