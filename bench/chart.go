package main

import (
	"fmt"
	"strings"
)

// bars are what the chart shows: each the cost of a peer, Squid's being 1.
var bars = []struct{ what, ja, figure string }{
	{"CPU of a CONNECT", "CONNECT 1 件の CPU 時間", "setup32.cpu_10k"},
	{"CPU of a gigabyte, 8 streams", "1 GB の CPU 時間、8 本", "down8.cpu_gb"},
	{"CPU of a small message", "小さいメッセージの CPU 時間", "rtt.cpu_100k"},
	{"CPU of a plain HTTP request", "平文 HTTP 要求の CPU 時間", "http.cpu_10k"},
	{"CPU of a TLS handshake", "TLS ハンドシェイクの CPU 時間", "tls.cpu_10k"},
	{"CPU of a TLS handshake, port 443", "同上、ポート 443", "sni.cpu_10k"},
	{"memory of an idle tunnel", "待機中のトンネル 1 本のメモリー", "idle.rss"},
}

// The words above the bars, and that on a bar which is cut.
var (
	chartTitle = [2]string{"Cost beside Squid, less is better", "Squid と並べた費用、短いほどよい"}
	chartHead  = [2]string{"Cost, Squid's being 1: less is better", "Squid を 1 とした費用 (短いほどよい)"}
	cutBar     = [2]string{" (cut)", " (途中まで)"}
)

// fills tell the peers apart in black and white.
var fills = map[string]string{"deguchi": "black", "squid": "white", "haproxy": "url(#lines)", "tinyproxy": "url(#dots)"}

var charted = []string{"deguchi", "squid", "haproxy", "tinyproxy"}

const (
	labelWidth, unit = 250, 150.0 // pixels; unit is Squid's cost
	barHeight        = 13
	most             = 3.0 // costs beyond are cut
)

// chart draws the medians of the ratios to Squid, with their spread. Languages
// differ in words alone.
func chart(rs *results, l lang) string {
	var b strings.Builder
	y := 60
	for _, bar := range bars {
		top := y
		for _, p := range charted {
			s, ok := rs.ratio(p, "squid", bar.figure)
			if !ok {
				continue
			}
			b.WriteString(drawBar(p, s, y, l.of(cutBar[0], cutBar[1])))
			y += barHeight + 2
		}
		if y == top {
			continue
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", labelWidth-8, (top+y)/2+4, l.of(bar.what, bar.ja))
		y += 12
	}
	width := labelWidth + int(unit*most) + 120
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="sans-serif" font-size="12">
<title>%s</title>
<defs>
<pattern id="lines" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="white"/><rect width="2" height="5" fill="black"/></pattern>
<pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="white"/><circle cx="2.5" cy="2.5" r="1" fill="black"/></pattern>
</defs>
<rect width="100%%" height="100%%" fill="white"/>
<text x="%d" y="20" font-size="14" font-weight="bold">%s</text>
`, width, y+10, l.of(chartTitle[0], chartTitle[1]), labelWidth, l.of(chartHead[0], chartHead[1]))
	var legend strings.Builder
	for i, p := range charted {
		x := labelWidth + 110*i
		fmt.Fprintf(&legend, `<rect x="%d" y="32" width="14" height="12" fill="%s" stroke="black"/><text x="%d" y="42">%s</text>`+"\n", x, fills[p], x+20, p)
	}
	line := fmt.Sprintf(`<line x1="%.0f" y1="52" x2="%.0f" y2="%d" stroke="black" stroke-dasharray="3 3"/>`+"\n", labelWidth+unit, labelWidth+unit, y-6)
	return head + legend.String() + line + b.String() + "</svg>\n"
}

// drawBar draws one bar, a whisker from least to most, and the number.
func drawBar(p string, s spread, y int, cut string) string {
	end := func(v float64) float64 { return labelWidth + unit*min(v, most) }
	text := fmt.Sprintf("%.2f", s.median)
	if s.median > most {
		text += cut
	}
	return fmt.Sprintf(`<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s" stroke="black"/>`, labelWidth, y, end(s.median)-labelWidth, barHeight, fills[p]) +
		fmt.Sprintf(`<path d="M%.1f %d H%.1f" stroke="white" stroke-width="4"/><path d="M%.1f %d H%.1f m0 -3 v6 M%.1f %d v6" stroke="black" stroke-width="1.5" fill="none"/>`,
			end(s.least), y+barHeight/2, end(s.most), end(s.least), y+barHeight/2, end(s.most), end(s.least), y+barHeight/2-3) +
		fmt.Sprintf(`<text x="%.1f" y="%d" stroke="white" stroke-width="3" paint-order="stroke">%s</text>`+"\n", end(max(s.median, s.most))+6, y+barHeight-2, text)
}
