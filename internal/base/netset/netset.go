// Package netset holds sets of the network: hosts, prefixes, patterns and
// ports, and what is special about an address. It answers membership and
// overlap, and knows nothing of AWS.
package netset
