package reason

import "strings"

// word is one entry of the catalogue. Operands stand in the texts as {name}.
type word struct {
	code     Code
	operands string // names, separated by spaces
	en, ja   string
}

type entry struct {
	operands []string
	en, ja   string
}

// catalogue is every message there is.
var catalogue = index(verdictWords, proxyWords, cliWords, diagWords, fileWords, configWords, checkWords, accessWords, serveWords, nameWords, topologyWords, policyWords, noproxyWords, settingsWords, findingWords, noproxyLintWords, excludeWords, fixWords, routeWords, routeCLIWords, drawWords, doctorWords, importWords, kitWords, remoteWords, labServiceWords, labWords)

func index(tables ...[]word) map[Code]entry {
	c := make(map[Code]entry)
	for _, t := range tables {
		for _, w := range t {
			if _, ok := c[w.code]; ok {
				panic("reason: code given twice: " + string(w.code))
			}
			c[w.code] = entry{strings.Fields(w.operands), w.en, w.ja}
		}
	}
	return c
}
