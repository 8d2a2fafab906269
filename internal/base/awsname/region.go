package awsname

import "strings"

// shape is the form of a partition's region names: a fixed beginning, one
// word, a number. botocore's partitions.json (1.43.11) gives them as regular
// expressions; a region that is new tomorrow fits them today.
type shape struct {
	partition string
	prefixes  []string
}

var shapes = []shape{
	{"aws", []string{"us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"}},
	{"aws-us-gov", []string{"us-gov-"}},
	{"aws-cn", []string{"cn-"}},
	{"aws-eusc", []string{"eusc-de-"}},
	{"aws-iso", []string{"us-iso-"}},
	{"aws-iso-b", []string{"us-isob-"}},
	{"aws-iso-e", []string{"eu-isoe-"}},
	{"aws-iso-f", []string{"us-isof-"}},
}

// Partitions returns the names of the partitions, "aws" first.
func Partitions() []string {
	names := make([]string, len(shapes))
	for i, s := range shapes {
		names[i] = s.partition
	}
	return names
}

// PartitionOf returns the partition whose regions have the shape of region,
// known or not: "aws" for "ap-northeast-99".
func PartitionOf(region string) (partition string, ok bool) {
	if n := len(region); n < len("us-x-1") || region[n-1] < '0' || region[n-1] > '9' {
		return "", false // the usual label: not worth the comparisons
	}
	for i := range shapes {
		for _, p := range shapes[i].prefixes {
			if after, found := strings.CutPrefix(region, p); found && isWordNumber(after) {
				return shapes[i].partition, true
			}
		}
	}
	return "", false
}

// isWordNumber reports whether s, which ends in a digit, is like "northeast-1".
func isWordNumber(s string) bool {
	word, number, ok := strings.Cut(s, "-")
	return ok && word != "" && isAlnum(word) && isDigits(number)
}

// pseudoRegion returns the partition of "aws-global", "aws-cn-global", …,
// which SDKs put in the place of a region for services that have none.
func pseudoRegion(label string) (partition string, ok bool) {
	name, ok := strings.CutSuffix(label, "-global")
	if !ok {
		return "", false
	}
	for i := range shapes {
		if shapes[i].partition == name {
			return shapes[i].partition, true
		}
	}
	return "", false
}

// shortRegion abbreviates region as ElastiCache and zone ids do: "use1" for
// us-east-1, "apne1" for ap-northeast-1.
func shortRegion(region string) string {
	parts := strings.Split(region, "-")
	short := parts[0]
	for _, word := range parts[1:] {
		switch word {
		case "northeast", "northwest", "southeast", "southwest":
			short += word[:1] + word[5:6]
		default:
			short += word[:1]
		}
	}
	return short
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func isAlnum(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// isAccount reports whether s has the form of an account id.
func isAccount(s string) bool { return len(s) == 12 && isDigits(s) }
