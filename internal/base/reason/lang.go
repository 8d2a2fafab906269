package reason

import "strings"

// Lang is a language of the catalogue.
type Lang uint8

// The languages.
const (
	English Lang = iota
	Japanese
)

// Locale returns the language that a POSIX locale asks for ("ja_JP.UTF-8"),
// English unless it is Japanese.
func Locale(locale string) Lang {
	if locale == "ja" || strings.HasPrefix(locale, "ja_") || strings.HasPrefix(locale, "ja.") || strings.HasPrefix(locale, "ja-") {
		return Japanese
	}
	return English
}
