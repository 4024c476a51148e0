package main

import (
	"fmt"

	"github.com/Masterminds/semver"
)

// defaultKubeVersion stands for "a cluster of today" when nobody says which.
const defaultKubeVersion = "v1.34.0"

// kubeVersion is .Capabilities.KubeVersion.
type kubeVersion struct{ Version, Major, Minor string }

func (v kubeVersion) String() string { return v.Version }

// GitVersion is the old name of Version.
func (v kubeVersion) GitVersion() string { return v.Version }

// apiVersions is .Capabilities.APIVersions.
type apiVersions []string

// Has tells whether a version, or a kind of it (apps/v1/Deployment), is among them.
func (v apiVersions) Has(version string) bool {
	for _, known := range v {
		if known == version {
			return true
		}
	}
	return false
}

// helmVersion is .Capabilities.HelmVersion: the Helm that this behaves like.
type helmVersion struct{ Version, GitCommit, GitTreeState, GoVersion string }

type capabilities struct {
	KubeVersion kubeVersion
	APIVersions apiVersions
	HelmVersion helmVersion
}

// builtInAPIs are those that clusters of every supported version have; others come with --api-versions.
var builtInAPIs = []string{
	"v1", "admissionregistration.k8s.io/v1", "apiextensions.k8s.io/v1", "apps/v1", "authentication.k8s.io/v1",
	"authorization.k8s.io/v1", "autoscaling/v1", "batch/v1", "coordination.k8s.io/v1", "networking.k8s.io/v1",
	"rbac.authorization.k8s.io/v1", "scheduling.k8s.io/v1", "storage.k8s.io/v1",
}

func newCapabilities(version string, more []string) (*capabilities, error) {
	if version == "" {
		version = defaultKubeVersion
	}
	parsed, err := semver.NewVersion(version)
	if err != nil {
		return nil, usageError{fmt.Sprintf("--kube-version %s: %v", version, err)}
	}
	return &capabilities{
		KubeVersion: kubeVersion{
			Version: "v" + parsed.String(),
			Major:   fmt.Sprint(parsed.Major()), Minor: fmt.Sprint(parsed.Minor()),
		},
		APIVersions: append(append(apiVersions{}, builtInAPIs...), more...),
		HelmVersion: helmVersion{Version: "v3.19.0"},
	}, nil
}

// require fails if the chart is not made for this version of Kubernetes.
func (c *capabilities) require(constraint string) error {
	if constraint == "" {
		return nil
	}
	wanted, err := semver.NewConstraint(constraint)
	if err != nil {
		return fmt.Errorf("Chart.yaml: kubeVersion %q: %v", constraint, err)
	}
	version, err := semver.NewVersion(c.KubeVersion.Version)
	if err != nil {
		return err
	}
	if !wanted.Check(version) {
		return fmt.Errorf("the chart requires kubeVersion %s, which %s is not", constraint, c.KubeVersion.Version)
	}
	return nil
}
