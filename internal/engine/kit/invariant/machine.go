package invariant

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit/script"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// metadata finds instances whose credentials a request without a token gets, or
// one that has passed a router on its way, and those that get none.
func metadata(f *finder) {
	for _, t := range f.Of(typeTemplate) {
		f.tokens(t, "LaunchTemplateData", "MetadataOptions")
	}
	for _, i := range f.Of("AWS::EC2::Instance") {
		if find(i.Props, "LaunchTemplate") == nil {
			f.tokens(i, "MetadataOptions")
		}
	}
}

// tokens looks at the metadata options of r, to which keys lead.
func (f *finder) tokens(r *Resource, keys ...string) {
	o := find(r.Props, keys...)
	tokens, known := text(o, "HttpTokens")
	h := hint("DG6501", f.Spell("HttpTokens"))
	switch {
	case o != nil && o.Kind == yamldoc.Broken:
		return
	case o == nil || find(o, "HttpTokens") == nil:
		f.fail(r.Place(keys...), say("DG6501", r.ID), h)
	case known && tokens != "required":
		f.fail(find(o, "HttpTokens"), say("DG6501", r.ID), h)
	}
	if n, ok := number(o, "HttpPutResponseHopLimit"); ok && n > 1 {
		f.warn(find(o, "HttpPutResponseHopLimit"), say("DG6501.hops", r.ID, strconv.Itoa(n)), hint("DG6501.hops", f.Spell("HttpPutResponseHopLimit")))
	}
	if v, ok := text(o, "HttpEndpoint"); ok && v == "disabled" {
		f.fail(find(o, "HttpEndpoint"), say("DG6501.off", r.ID), hint("DG6501.off", f.Spell("HttpEndpoint")))
	}
}

// instances finds types that do not exist, or whose processor is not that of their
// image.
func instances(f *finder) {
	for _, t := range f.Of(typeTemplate) {
		data := find(t.Props, "LaunchTemplateData")
		kind, known := text(data, "InstanceType")
		if !known || strings.Contains(kind, "${") {
			continue
		}
		at := t.Place("LaunchTemplateData", "InstanceType")
		if !awsdata.HasInstanceType(kind) {
			h := hint("DG6507")
			if near, ok := kitfile.NearestType(kind); ok {
				h = say("hint.meant", yamldoc.Quote(near))
			}
			f.fail(at, say("DG6507", kind), h)
			continue
		}
		image := find(data, "ImageId")
		if image == nil {
			continue
		}
		arm, intel := strings.Contains(image.Text, "arm64"), strings.Contains(image.Text, "x86_64")
		if arm && !kitfile.Graviton(kind) || intel && kitfile.Graviton(kind) {
			f.fail(at, say("DG6507.image", kind, image.Text), hint("DG6507.image"))
		}
	}
}

// userData finds scripts that AWS refuses, that run what nobody has compared, or
// that do not know what they have to name.
func userData(f *finder) {
	for _, t := range f.Of(typeTemplate) {
		data := find(t.Props, "LaunchTemplateData")
		n := find(data, "UserData")
		if n == nil {
			if image := find(data, "ImageId"); image != nil && strings.Contains(image.Text, "/aws/service/") {
				f.fail(t.Place("LaunchTemplateData"), say("DG6506.none", t.ID), hint("DG6506.none"))
			}
			continue
		}
		start, encoded := started(n)
		if !encoded {
			f.fail(n, say("DG6506.plain", t.ID), hint("DG6506.plain"))
		}
		f.script(t, n, start)
	}
}

// started returns the script that user data is, empty if nobody knows. Encoded says
// whether AWS reads it.
func started(n *node) (text string, encoded bool) {
	switch {
	case n == nil || n.Kind != yamldoc.Text || n.Tag != "" && n.Tag != hcldoc.Base64:
		return "", true
	case n.Tag == hcldoc.Base64:
		return n.Text, true
	}
	plain, err := base64.StdEncoding.DecodeString(n.Text)
	if err != nil {
		return n.Text, false
	}
	return string(plain), true
}

func (f *finder) script(t *Resource, at *node, text string) {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	switch script.Compares(text) {
	case script.Missing:
		f.warn(at, say("DG6506", t.ID), hint("DG6506"))
	case script.Unheeded:
		f.warn(at, say("DG6506.on", t.ID), hint("DG6506.on"))
	case script.NoNeed, script.Effective:
	}
	if has("deguchi") && !script.Starts(text) {
		f.fail(at, say("DG6506.start", t.ID), hint("DG6506.start"))
	}
	if has("complete-lifecycle-action") {
		for _, hook := range f.Of(typeHook) {
			f.names(at, text, hook, "LifecycleHookName")
		}
		for _, fleet := range f.Of(typeFleet) {
			f.names(at, text, fleet, "AutoScalingGroupName")
			hooks, _ := items(fleet.Props, "LifecycleHookSpecificationList")
			for _, h := range hooks {
				if name, ok := template.Text(h, "LifecycleHookName"); ok && !strings.Contains(text, name) {
					f.fail(find(h, "LifecycleHookName"), say("DG6506.name", t.ID, name), hint("DG6506.name"))
				}
			}
		}
	}
	if f.cfgFrom != nil && f.cfgFrom.Type == "AWS::SSM::Parameter" && has("ssm get-parameter", "ssm://") {
		f.names(at, text, f.cfgFrom, "Name")
	}
}

// names finds a script that does not have the name of r, which it needs.
func (f *finder) names(at *node, script string, r *Resource, key string) {
	name, ok := text(r.Props, key)
	if !ok || strings.Contains(script, name) || strings.Contains(script, "${"+r.ID) {
		return
	}
	f.fail(at, say("DG6506.name", r.ID, name), hint("DG6506.name"))
}

// disks finds volumes that are not encrypted.
func disks(f *finder) {
	for _, t := range f.Of(typeTemplate) {
		all, _ := items(t.Props, "LaunchTemplateData", "BlockDeviceMappings")
		for _, d := range all {
			ebs := find(d, "Ebs")
			v, known := text(ebs, "Encrypted")
			switch {
			case ebs == nil:
			case find(ebs, "Encrypted") == nil:
				f.warn(ebs, say("DG6505.disk", t.ID), hint("DG6505.disk"))
			case known && v == "false":
				f.warn(find(ebs, "Encrypted"), say("DG6505.disk", t.ID), hint("DG6505.disk"))
			}
		}
	}
}

// storage finds logs that grow for ever, and buckets that are open or in clear.
func storage(f *finder) {
	for _, g := range f.Of("AWS::Logs::LogGroup") {
		f.logKey(g)
		if find(g.Props, "RetentionInDays") == nil {
			f.warn(g.At, say("DG6505.retention", g.ID), hint("DG6505.retention", f.Spell("RetentionInDays")))
		}
	}
	for _, b := range f.Of("AWS::S3::Bucket") {
		if find(b.Props, "BucketEncryption") == nil {
			f.warn(b.At, say("DG6505", b.ID), hint("DG6505"))
		}
		block := find(b.Props, "PublicAccessBlockConfiguration")
		if block != nil && block.Kind == yamldoc.Broken {
			continue
		}
		for _, key := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if v, known := text(block, key); find(block, key) == nil || known && v != "true" {
				f.fail(b.Place("PublicAccessBlockConfiguration", key), say("DG6505.public", b.ID), hint("DG6505.public"))
				break
			}
		}
		if lock, ok := text(b.Props, "ObjectLockEnabled"); ok && lock == "true" {
			if v, known := text(b.Props, "VersioningConfiguration", "Status"); find(b.Props, "VersioningConfiguration") != nil && known && v != "Enabled" {
				f.fail(b.Place("VersioningConfiguration", "Status"), say("DG6505.lock", b.ID), reason.Because{})
			}
		}
	}
}
