package awsname

import (
	"maps"
	"slices"
	"strings"
)

// class is what stands under a suffix.
type class uint8

const (
	plain   class = iota // amazonaws.com and its like
	dual                 // api.aws and its like: endpoints with IPv6
	onAWS                // on.aws
	tenants              // a domain with customers' names only
	console              // consoles and sign-in
	repo                 // packages
	opaque               // AWS's own, of no form we know
)

// suffix is a domain of AWS. Those of the commercial partition are shared with
// GovCloud, and on.aws with every partition: the region tells them apart.
type suffix struct {
	class     class
	partition string
	service   string // of tenants, console and repo
}

// suffixes follows facts of botocore's partitions.json (1.43.11) for the
// endpoints, and AWS's documentation for the rest.
var suffixes = map[string]suffix{
	"amazonaws.com":                {plain, "aws", ""},
	"api.aws":                      {dual, "aws", ""},
	"on.aws":                       {onAWS, "aws", ""},
	"amazonaws.com.cn":             {plain, "aws-cn", ""},
	"api.amazonwebservices.com.cn": {dual, "aws-cn", ""},
	"on.amazonwebservices.com.cn":  {onAWS, "aws-cn", ""},
	"amazonaws.eu":                 {plain, "aws-eusc", ""},
	"api.amazonwebservices.eu":     {dual, "aws-eusc", ""},
	"on.amazonwebservices.eu":      {onAWS, "aws-eusc", ""},
	"c2s.ic.gov":                   {plain, "aws-iso", ""},
	"api.aws.ic.gov":               {dual, "aws-iso", ""},
	"sc2s.sgov.gov":                {plain, "aws-iso-b", ""},
	"api.aws.scloud":               {dual, "aws-iso-b", ""},
	"cloud.adc-e.uk":               {plain, "aws-iso-e", ""},
	"api.cloud-aws.adc-e.uk":       {dual, "aws-iso-e", ""},
	"csp.hci.ic.gov":               {plain, "aws-iso-f", ""},
	"api.aws.hci.ic.gov":           {dual, "aws-iso-f", ""},

	"cloudfront.net":           {tenants, "aws", "cloudfront-dist"},
	"cloudfront.cn":            {tenants, "aws-cn", "cloudfront-dist"},
	"awsapprunner.com":         {tenants, "aws", "apprunner-service"},
	"elasticbeanstalk.com":     {tenants, "aws", "elasticbeanstalk-env"},
	"amplifyapp.com":           {tenants, "aws", "amplify-app"},
	"amazoncognito.com":        {tenants, "aws", "cognito-hosted-ui"},
	"sagemaker.aws":            {tenants, "aws", "sagemaker"},
	"ecr.aws":                  {tenants, "aws", "ecr-public"},
	"awsglobalaccelerator.com": {tenants, "aws", "globalaccelerator"},
	"amazonlightsail.com":      {tenants, "aws", "lightsail"},
	"workspaces-web.com":       {tenants, "aws", "workspaces-web"},

	"aws.amazon.com":       {console, "aws", "console"},
	"signin.aws":           {console, "aws", "signin"},
	"app.aws":              {console, "aws", "sso"},
	"awsapps.com":          {console, "aws", "awsapps"},
	"awsstatic.com":        {console, "aws", "console"},
	"console.aws.a2z.com":  {console, "aws", "console"},
	"console.api.aws":      {console, "aws", "console"},
	"amazonaws-us-gov.com": {console, "aws-us-gov", "console"},
	"amazonaws.cn":         {console, "aws-cn", "console"},

	"amazonlinux.com": {repo, "aws", "aws-downloads"},

	"amazontrust.com": {opaque, "aws", ""},
	"aws.dev":         {opaque, "aws", ""},
	"a2z.com":         {opaque, "aws", ""},
}

// Suffixes returns the domains below which all names are AWS's, sorted.
func Suffixes() []string { return slices.Sorted(maps.Keys(suffixes)) }

// maxSuffix is the number of labels of the longest suffixes.
const maxSuffix = 5

// cutSuffix splits name at the longest suffix it ends in, on a label boundary.
// rest is empty for a bare suffix.
func cutSuffix(name string) (rest string, s suffix, ok bool) {
	end := len(name)
	for range maxSuffix {
		if end <= 0 {
			break
		}
		end = strings.LastIndexByte(name[:end], '.')
		if found, is := suffixes[name[end+1:]]; is {
			rest, s, ok = name[:max(end, 0)], found, true
		}
	}
	return rest, s, ok
}

// cutLast splits off the last label of name.
func cutLast(name string) (before, label string) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)], name[i+1:]
}

// cutFirst splits off the first label of name.
func cutFirst(name string) (label, after string) {
	label, after, _ = strings.Cut(name, ".")
	return label, after
}

// Place splits host at its suffix and names what stands there: "" for
// amazonaws.com and its like, "dual" for api.aws, "on.aws" for on.aws. It is
// for those who make tables and templates; ok is false for other domains.
func Place(host string) (rest, under string, ok bool) {
	rest, s, ok := cutSuffix(host)
	if !ok || s.class > onAWS {
		return "", "", false
	}
	return rest, unders[s.class], true
}

// unders names the classes of suffixes that endpoints stand under.
var unders = [...]string{plain: "", dual: "dual", onAWS: "on.aws"}

// Stands reports whether names of region stand under host's suffix:
// amazonaws.com.cn is no place for ap-northeast-1.
func Stands(host, region string) bool {
	_, s, ok := cutSuffix(host)
	partition, isRegion := PartitionOf(region)
	return ok && isRegion && s.holds(partition)
}

// Suffix returns the suffix of partition that Place calls under, or "".
func Suffix(partition, under string) string {
	if partition == "aws-us-gov" {
		partition = "aws" // shared
	}
	for name, s := range suffixes {
		if s.class <= onAWS && s.partition == partition && unders[s.class] == under {
			return name
		}
	}
	return ""
}
