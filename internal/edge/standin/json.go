package standin

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// jsonRPC is the protocol of services that take and give JSON, as Systems
// Manager does. A service without actions is one that the stand-in does not know.
type jsonRPC struct {
	s       *Server
	service string
	actions map[string]func(s *Server, c *Call, request []byte) (any, *fault)
}

func (a jsonRPC) route(r *http.Request, c *Call) (handler, *fault) {
	name := operationOf(r)
	c.Operation = a.service + ":" + name
	action, ok := a.actions[name]
	if !ok && a.s.o.AnyOperation {
		return blank, nil
	}
	if !ok {
		return nil, &fault{status: http.StatusBadRequest, code: "UnknownOperationException"}
	}
	return func(w http.ResponseWriter, r *http.Request, c *Call) *fault {
		request, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
		if err != nil {
			return &fault{status: http.StatusBadRequest, code: "SerializationException", message: err.Error()}
		}
		doc, f := action(a.s, c, request)
		if f == nil {
			answerJSON(w, http.StatusOK, doc)
		}
		return f
	}, nil
}

func (jsonRPC) noCredential() *fault {
	return &fault{status: http.StatusForbidden, code: "MissingAuthenticationTokenException", message: "Missing Authentication Token"}
}

func (jsonRPC) denied(message string) *fault {
	return &fault{status: http.StatusForbidden, code: "AccessDeniedException", message: message}
}

func (jsonRPC) wrongScope(*Call) *fault {
	return &fault{status: http.StatusForbidden, code: "InvalidSignatureException", message: "Credential should be scoped to a valid region."}
}

func (jsonRPC) fail(w http.ResponseWriter, _ *http.Request, f *fault) {
	answerJSON(w, f.status, map[string]string{"__type": f.code, "message": f.message})
}

func answerJSON(w http.ResponseWriter, status int, doc any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Requestid", uuid())
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(doc) // the client may have gone
}

// operationOf is the operation of a request that names it in a header (JSON) or
// in its path (CBOR); empty for REST, where only the service knows.
func operationOf(r *http.Request) string {
	if _, name, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return name[strings.LastIndexByte(name, '.')+1:]
	}
	if isCBOR(r) {
		return r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	}
	return ""
}

func isCBOR(r *http.Request) bool { return r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor" }

// blank answers an operation that the stand-in does not know with success and
// nothing in it. Clients take what is missing for empty.
func blank(w http.ResponseWriter, r *http.Request, _ *Call) *fault {
	if isCBOR(r) {
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
		w.Header().Set("Content-Type", "application/cbor")
		_, _ = w.Write([]byte{0xa0}) // a map without entries (RFC 8949); the client may have gone
		return nil
	}
	answerJSON(w, http.StatusOK, struct{}{})
	return nil
}
