package standin

import (
	"net/http"
	"net/url"
	"slices"
)

const autoscalingNamespace = "http://autoscaling.amazonaws.com/doc/2011-01-01/"

var autoscalingActions = map[string]func(*Server, *Call, url.Values) (any, *fault){
	"CompleteLifecycleAction": (*Server).completeLifecycle,
}

// completeLifecycle lets an instance go, if the group has the hook and the
// instance is there.
func (s *Server) completeLifecycle(_ *Call, form url.Values) (any, *fault) {
	known := slices.ContainsFunc(s.o.Instances, func(i Instance) bool { return i.ID == form.Get("InstanceId") })
	hook, ok := s.o.Hooks[form.Get("AutoScalingGroupName")]
	result := form.Get("LifecycleActionResult")
	if !known || !ok || hook != form.Get("LifecycleHookName") || result != "CONTINUE" && result != "ABANDON" {
		return nil, &fault{status: http.StatusBadRequest, code: "ValidationError", message: "No active Lifecycle Action found with instance ID " + form.Get("InstanceId")}
	}
	return struct{}{}, nil
}
