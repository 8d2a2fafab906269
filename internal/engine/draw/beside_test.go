package draw

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
)

// What a picture shows beside a way is told in words, too.
func TestBesideOf(t *testing.T) {
	top, traces := tenRoutes(t)
	tests := map[string]struct {
		trace   route.Trace
		unmeant bool
		unused  []string
	}{
		"by the endpoint beside the proxy": {traces[2], true, []string{"osaka/s3-client-side"}},
		"by its own endpoint":              {traces[3], false, nil},
		"an endpoint of another Region": {traces[4], false, []string{
			"osaka/s3-client-side only ap-northeast-3", "osaka/s3-proxy-side only ap-northeast-3",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := BesideOf(top, tt.trace, reason.English)
			if got.Unmeant != tt.unmeant {
				t.Errorf("Unmeant = %v, want %v", got.Unmeant, tt.unmeant)
			}
			var unused []string
			for _, u := range got.Unused {
				name := u.Endpoint.Path()
				if u.Why != "" {
					name += " " + u.Why
				}
				unused = append(unused, name)
			}
			if diff := cmp.Diff(tt.unused, unused); diff != "" {
				t.Errorf("Unused (-want +got):\n%s", diff)
			}
		})
	}
}

// A site's connection to the internet stands in the box of the site, also where
// the request comes to it over a link.
func TestInternetOfASite(t *testing.T) {
	top := read(t, "load-balancers")
	_, trace := traced(t, top, named(t, top, "Out by a site on the transit gateway"))
	for _, leg := range newWay(top, trace, speaker(reason.English)).legs {
		for _, s := range leg {
			if s.hop.Kind == route.InternetHop && (s.place.site == nil || s.place.site.Name != "a") {
				t.Errorf("%s stands in %q, want site a", s.hop, s.place)
			}
		}
	}
}
