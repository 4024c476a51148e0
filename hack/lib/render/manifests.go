package main

import (
	"fmt"
	"path"
	"regexp"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

// installOrder is the order in which Helm creates kinds; others come after them by name.
var installOrder = []string{
	"PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy",
	"PodDisruptionBudget", "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume",
	"PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding",
	"ClusterRoleBindingList", "Role", "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod",
	"ReplicationController", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob",
	"IngressClass", "Ingress", "APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
}

// head is what has to be known of an object to put it into its place.
type head struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
}

type manifest struct {
	source string
	kind   string
	text   string
}

var separator = regexp.MustCompile(`(?:^|\s*\n)---\s*`)

// assemble puts the objects of all files into one stream of YAML: definitions first, then in the order in which they
// are created. Hooks, which only an installation runs, are left out.
func assemble(c *chart, files []file, withCRDs bool) (string, error) {
	var out strings.Builder
	if withCRDs {
		for _, crd := range c.crds() {
			write(&out, path.Join(c.metadata.Name, crd.name), string(crd.data))
		}
	}
	var manifests []manifest
	for _, f := range files {
		found, err := split(f)
		if err != nil {
			return "", err
		}
		manifests = append(manifests, found...)
	}
	sort.SliceStable(manifests, func(i, j int) bool { return isBefore(manifests[i].kind, manifests[j].kind) })
	for _, m := range manifests {
		write(&out, m.source, m.text)
	}
	return out.String(), nil
}

func write(out *strings.Builder, source, text string) {
	fmt.Fprintf(out, "---\n# Source: %s\n%s\n", source, strings.TrimSuffix(text, "\n"))
}

// split takes a file's objects apart.
func split(f file) ([]manifest, error) {
	var manifests []manifest
	for _, text := range separator.Split(strings.TrimSpace(string(f.data)), -1) {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		var h head
		if err := decode(text, &h); err != nil {
			return nil, fmt.Errorf("%s: not YAML as it comes out: %v", f.name, err)
		}
		if h.Kind == "" && h.APIVersion == "" && isComment(text) {
			continue
		}
		if h.Kind == "" || h.APIVersion == "" || h.Metadata.Name == "" {
			return nil, fmt.Errorf("%s: an object without apiVersion, kind or name", f.name)
		}
		if _, isHook := h.Metadata.Annotations["helm.sh/hook"]; isHook {
			continue
		}
		manifests = append(manifests, manifest{f.name, h.Kind, text})
	}
	return manifests, nil
}

// decode refuses a key that comes twice, which would be lost without a word.
func decode(text string, h *head) error {
	var whole map[string]interface{}
	if err := yaml.UnmarshalStrict([]byte(text), &whole); err != nil {
		return err
	}
	return yaml.Unmarshal([]byte(text), h)
}

func isComment(text string) bool {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

func isBefore(a, b string) bool {
	rankA, rankB := rank(a), rank(b)
	if rankA == rankB && rankA == len(installOrder) {
		return a < b
	}
	return rankA < rankB
}

func rank(kind string) int {
	for i, known := range installOrder {
		if known == kind {
			return i
		}
	}
	return len(installOrder)
}
