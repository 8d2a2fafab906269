package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// The longest that an answer may take, and the largest that it may be.
const (
	patience = 5 * time.Second
	largest  = 64 << 20
)

// Ask gets path from the admin listener at address and puts its JSON into doc. A
// proxy in the environment has no business here.
func Ask(ctx context.Context, address, path string, doc any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err // the URL says nothing more than address and path
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, largest))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %.200s", resp.Status, body)
	}
	return json.Unmarshal(body, doc)
}
