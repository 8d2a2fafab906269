package config

import (
	_ "embed"
	"slices"
)

//go:embed default.yaml
var defaultSource []byte

// DefaultFile is the name that the embedded default configuration goes by.
const DefaultFile = "default.yaml"

// DefaultSource returns the embedded default configuration as text, which is
// the caller's to keep.
func DefaultSource() []byte { return slices.Clone(defaultSource) }

// Schema returns the JSON Schema of configurations.
func Schema() ([]byte, error) { return fileType.Schema.JSON("deguchi.yaml") }
