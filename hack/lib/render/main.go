// Command render prints what a Helm chart comes to, as "helm template" does and with the engine that Helm itself uses,
// so that a chart can be applied, read and checked where Helm is not at hand.
package main

import (
	"errors"
	"fmt"
	"os"
)

// Exit statuses of sysexits.h, as all of the project's commands use them.
const (
	exitFailure = 1
	exitUsage   = 64
)

// usageError is a command line that cannot be meant.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func main() {
	manifests, err := run(os.Args[1:])
	if err == nil {
		_, err = os.Stdout.WriteString(manifests)
	}
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "render: error: %v\n", err)
	var usage usageError
	if errors.As(err, &usage) {
		os.Exit(exitUsage)
	}
	os.Exit(exitFailure)
}

// run renders the chart that the arguments name.
func run(arguments []string) (string, error) {
	options, err := parseOptions(arguments)
	if err != nil {
		return "", err
	}
	chart, err := loadChart(options.chart)
	if err != nil {
		return "", err
	}
	values, err := options.userValues()
	if err != nil {
		return "", err
	}
	values = coalesce(values, chart.values, "")
	capabilities, err := newCapabilities(options.kubeVersion, options.apiVersions)
	if err != nil {
		return "", err
	}
	if err := capabilities.require(chart.metadata.KubeVersion); err != nil {
		return "", err
	}
	if err := validate(chart, values); err != nil {
		return "", err
	}
	release := map[string]interface{}{
		"Name": options.name, "Namespace": options.namespace, "Revision": 1, "Service": "Helm",
		"IsInstall": !options.isUpgrade, "IsUpgrade": options.isUpgrade,
	}
	files, err := newEngine(chart, values, release, capabilities).render()
	if err != nil {
		return "", err
	}
	return assemble(chart, files, options.wantsCRDs(values))
}
