package awsname

// String returns k as it stands in JSON and in rules: "customer-content".
func (k Kind) String() string {
	return [...]string{"unknown", "not-aws", "api", "resource", "customer-content", "vpce", "console", "package-repo"}[min(k, PackageRepo)]
}

// KindNamed returns the kind that String calls name.
func KindNamed(name string) (Kind, bool) {
	for k := range PackageRepo + 1 {
		if k.String() == name {
			return k, true
		}
	}
	return Unknown, false
}

// String returns o as it stands in JSON and in rules; "" for Nobody.
func (o Owner) String() string { return [...]string{"", "anyone", "aws"}[min(o, AWS)] }

// String returns v as it stands in JSON and in rules: "fips+dualstack".
func (v Variant) String() string {
	return [...]string{"default", "dualstack", "fips", "fips+dualstack"}[min(v, FIPSDualStack)]
}

// VariantNamed returns the variant that String calls name.
func VariantNamed(name string) (Variant, bool) {
	for v := range FIPSDualStack + 1 {
		if v.String() == name {
			return v, true
		}
	}
	return Default, false
}

// variantOf returns the variant that the two flags make.
func variantOf(fips, dual bool) Variant {
	v := Default
	if dual {
		v += DualStack
	}
	if fips {
		v += FIPS
	}
	return v
}
