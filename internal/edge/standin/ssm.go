package standin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Instance is a machine that Systems Manager knows.
type Instance struct {
	ID       string // "i-…" or "mi-…"
	Address  string
	Platform string // "Linux"
}

// ssmActions answer a request, given as JSON, with what becomes JSON.
var ssmActions = map[string]func(s *Server, c *Call, request []byte) (any, *fault){
	"DescribeInstanceInformation": (*Server).describeInstances,
	"GetParameter":                (*Server).parameter,
	"GetParameters":               (*Server).parameters,
	"StartSession":                (*Server).startSession,
	"TerminateSession":            (*Server).terminateSession,
}

func (s *Server) describeInstances(*Call, []byte) (any, *fault) {
	type information struct {
		InstanceId, PingStatus, PlatformType, PlatformName, ResourceType, AgentVersion, IPAddress string // AWS's names
		LastPingDateTime                                                                          float64
		IsLatestVersion                                                                           bool
	}
	list := []information{}
	for _, i := range s.o.Instances {
		list = append(list, information{
			InstanceId: i.ID, PingStatus: "Online", PlatformType: i.Platform, PlatformName: i.Platform,
			ResourceType: "EC2Instance", AgentVersion: "3.3.2299.0", IPAddress: i.Address,
			LastPingDateTime: float64(time.Now().Unix()),
		})
	}
	return map[string]any{"InstanceInformationList": list}, nil
}

func (s *Server) parameter(c *Call, request []byte) (any, *fault) {
	var in struct{ Name string }
	if err := json.Unmarshal(request, &in); err != nil {
		return nil, &fault{status: http.StatusBadRequest, code: "SerializationException", message: err.Error()}
	}
	value, ok := s.o.Parameters[in.Name]
	if !ok {
		return nil, &fault{status: http.StatusBadRequest, code: "ParameterNotFound"}
	}
	return map[string]any{"Parameter": parameterOf(c, in.Name, value)}, nil
}

func (s *Server) parameters(c *Call, request []byte) (any, *fault) {
	var in struct{ Names []string }
	if err := json.Unmarshal(request, &in); err != nil {
		return nil, &fault{status: http.StatusBadRequest, code: "SerializationException", message: err.Error()}
	}
	found, missing := []any{}, []string{}
	for _, name := range in.Names {
		if value, ok := s.o.Parameters[name]; ok {
			found = append(found, parameterOf(c, name, value))
		} else {
			missing = append(missing, name)
		}
	}
	return map[string]any{"Parameters": found, "InvalidParameters": missing}, nil
}

func parameterOf(c *Call, name, value string) map[string]any {
	return map[string]any{
		"Name": name, "Value": value, "Type": "String", "Version": 1, "DataType": "text",
		"ARN": "arn:aws:ssm:" + c.Region + ":" + account + ":parameter/" + strings.TrimPrefix(name, "/"),
	}
}

// startSession tells where the data channel of a new session is.
func (s *Server) startSession(c *Call, request []byte) (any, *fault) {
	var in struct{ Target string }
	if err := json.Unmarshal(request, &in); err != nil {
		return nil, &fault{status: http.StatusBadRequest, code: "SerializationException", message: err.Error()}
	}
	known := func(i Instance) bool { return i.ID == in.Target }
	if !slices.ContainsFunc(s.o.Instances, known) {
		return nil, &fault{status: http.StatusBadRequest, code: "TargetNotConnected", message: in.Target + " is not connected."}
	}
	id := c.AccessKey + "-" + randomID(9)
	return map[string]string{
		"SessionId":  id,
		"StreamUrl":  "wss://ssmmessages." + c.Region + ".amazonaws.com/v1/data-channel/" + id + "?role=publish_subscribe",
		"TokenValue": randomID(32),
	}, nil
}

func (s *Server) terminateSession(_ *Call, request []byte) (any, *fault) {
	var in struct{ SessionId string } // AWS's name
	if err := json.Unmarshal(request, &in); err != nil {
		return nil, &fault{status: http.StatusBadRequest, code: "SerializationException", message: err.Error()}
	}
	return in, nil
}
