package standin

import (
	"cmp"
	"crypto/md5" //nolint:gosec // an ETag is one; it protects nothing
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// store is what S3 keeps.
type store struct {
	dir     string
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	name, region string
	created      time.Time
	objects      map[string]*object
	uploads      map[string]*upload
}

// object never changes: a PUT makes another one.
type object struct {
	parts    parts
	etag     string // quoted
	modified time.Time
	header   http.Header // what the client sent along and gets back
}

// upload is a multipart upload under way.
type upload struct {
	key    string
	header http.Header
	parts  map[int]*blob
}

func newStore(dir string) *store { return &store{dir: dir, buckets: map[string]*bucket{}} }

// create makes a bucket, and reports whether there was none of that name.
func (st *store) create(name, region string, now time.Time) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.buckets[name] != nil {
		return false
	}
	st.buckets[name] = &bucket{
		name: name, region: region, created: now,
		objects: map[string]*object{}, uploads: map[string]*upload{},
	}
	return true
}

// remove deletes an empty bucket.
func (st *store) remove(name string) *fault {
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.buckets[name].objects) > 0 {
		return faultBucketNotEmpty.of(name)
	}
	delete(st.buckets, name)
	return nil
}

// all returns the buckets, sorted by name.
func (st *store) all() []*bucket {
	st.mu.Lock()
	defer st.mu.Unlock()
	names := slices.Sorted(maps.Keys(st.buckets))
	list := make([]*bucket, len(names))
	for i, name := range names {
		list[i] = st.buckets[name]
	}
	return list
}

// bucket returns the bucket of that name. With AnyBucket there is one of every
// name; those that nobody made are in whatever region they are asked for.
func (s *Server) bucket(name string) *bucket {
	if s.o.AnyBucket && name != "" {
		s.store.create(name, "", time.Now())
	}
	return s.store.bucket(name)
}

func (st *store) bucket(name string) *bucket {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.buckets[name]
}

// objects returns what is in b, by key.
func (st *store) objects(b *bucket) map[string]*object {
	st.mu.Lock()
	defer st.mu.Unlock()
	return maps.Clone(b.objects)
}

func (st *store) object(b *bucket, key string) *object {
	st.mu.Lock()
	defer st.mu.Unlock()
	return b.objects[key]
}

// put keeps o under key; no object deletes what is there.
func (st *store) put(b *bucket, key string, o *object) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if o == nil {
		delete(b.objects, key)
		return
	}
	b.objects[key] = o
}

// begin starts an upload and returns its id.
func (st *store) begin(b *bucket, key string, header http.Header) string {
	st.mu.Lock()
	defer st.mu.Unlock()
	id := randomID(24)
	b.uploads[id] = &upload{key, header, map[int]*blob{}}
	return id
}

// part adds a part to upload id.
func (st *store) part(b *bucket, key, id string, number int, part *blob) *fault {
	st.mu.Lock()
	defer st.mu.Unlock()
	u := b.uploads[id]
	if u == nil || u.key != key {
		return faultNoSuchUpload.of(id)
	}
	u.parts[number] = part
	return nil
}

// abort forgets upload id.
func (st *store) abort(b *bucket, key, id string) *fault {
	st.mu.Lock()
	defer st.mu.Unlock()
	if u := b.uploads[id]; u == nil || u.key != key {
		return faultNoSuchUpload.of(id)
	}
	delete(b.uploads, id)
	return nil
}

// named is a part as a client lists it when it completes an upload.
type named struct {
	PartNumber int
	ETag       string
}

// minPart is the size below which only the last part may be.
const minPart = 5 << 20

// complete makes an object of the parts that list names.
func (st *store) complete(b *bucket, key, id string, list []named, now time.Time) (*object, *fault) {
	st.mu.Lock()
	defer st.mu.Unlock()
	u := b.uploads[id]
	if u == nil || u.key != key {
		return nil, faultNoSuchUpload.of(id)
	}
	o := &object{modified: now, header: u.header}
	sums := md5.New() //nolint:gosec // see the import
	if !slices.IsSortedFunc(list, func(a, b named) int { return cmp.Compare(a.PartNumber, b.PartNumber) }) {
		return nil, faultInvalidPartOrder.of(id)
	}
	for i, n := range list {
		part := u.parts[n.PartNumber]
		switch {
		case part == nil || part.etag() != n.ETag && part.etag() != `"`+n.ETag+`"`:
			return nil, faultInvalidPart.of(strconv.Itoa(n.PartNumber))
		case i < len(list)-1 && part.size < minPart:
			return nil, faultEntityTooSmall.of(strconv.Itoa(n.PartNumber))
		}
		o.parts = append(o.parts, part)
		sums.Write(part.md5[:])
	}
	if len(o.parts) == 0 {
		return nil, faultMalformedXML.of("")
	}
	o.etag = `"` + hex.EncodeToString(sums.Sum(nil)) + "-" + strconv.Itoa(len(list)) + `"`
	b.objects[key] = o
	delete(b.uploads, id)
	return o, nil
}
