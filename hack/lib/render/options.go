package main

import (
	"fmt"
	"os"
	"strings"
)

// options is the command line. Flags are named as Helm names them.
type options struct {
	chart       string
	name        string
	namespace   string
	kubeVersion string
	apiVersions []string
	files       []string
	sets        []string
	setStrings  []string
	skipCRDs    bool
	isUpgrade   bool
}

func parseOptions(arguments []string) (*options, error) {
	o := &options{name: "toono", namespace: "metallb-system"}
	for len(arguments) > 0 {
		argument := arguments[0]
		arguments = arguments[1:]
		if !strings.HasPrefix(argument, "-") || argument == "-" {
			if o.chart != "" {
				return nil, usageError{fmt.Sprintf("%q: one chart at a time, %q is named already", argument, o.chart)}
			}
			o.chart = argument
			continue
		}
		if o.takeSwitch(argument) {
			continue
		}
		flag, value := argument, ""
		if i := strings.Index(argument, "="); i > 0 && strings.HasPrefix(argument, "--") {
			flag, value = argument[:i], argument[i+1:]
		} else if len(arguments) > 0 {
			value, arguments = arguments[0], arguments[1:]
		} else if o.isKnown(flag) {
			return nil, usageError{fmt.Sprintf("%s has no value", flag)}
		}
		if !o.takeValue(flag, value) {
			return nil, usageError{fmt.Sprintf("unknown flag %s", flag)}
		}
	}
	if o.chart == "" {
		return nil, usageError{"no chart is named: hack/render charts/toono"}
	}
	return o, nil
}

func (o *options) takeSwitch(flag string) bool {
	switch flag {
	case "--skip-crds":
		o.skipCRDs = true
	case "--include-crds":
		o.skipCRDs = false
	case "--is-upgrade":
		o.isUpgrade = true
	default:
		return false
	}
	return true
}

func (o *options) isKnown(flag string) bool { return new(options).takeValue(flag, "") }

func (o *options) takeValue(flag, value string) bool {
	switch flag {
	case "-f", "--values":
		o.files = append(o.files, value)
	case "--set":
		o.sets = append(o.sets, value)
	case "--set-string":
		o.setStrings = append(o.setStrings, value)
	case "-n", "--namespace":
		o.namespace = value
	case "--name":
		o.name = value
	case "--kube-version":
		o.kubeVersion = value
	case "-a", "--api-versions":
		o.apiVersions = append(o.apiVersions, strings.Split(value, ",")...)
	default:
		return false
	}
	return true
}

// userValues is what the command line says of values: files in their order, then --set, then --set-string, whatever
// their order on the command line is. Helm does likewise.
func (o *options) userValues() (map[string]interface{}, error) {
	values := map[string]interface{}{}
	for _, path := range o.files {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := readValues(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", path, err)
		}
		values = overlay(values, file)
	}
	for _, text := range o.sets {
		if err := parseAssignments(text, values, typed); err != nil {
			return nil, usageError{fmt.Sprintf("--set %s: %v", text, err)}
		}
	}
	for _, text := range o.setStrings {
		if err := parseAssignments(text, values, asString); err != nil {
			return nil, usageError{fmt.Sprintf("--set-string %s: %v", text, err)}
		}
	}
	return values, nil
}

// wantsCRDs: Helm itself knows the flag only, since nothing in a chart decides about its folder crds.
func (o *options) wantsCRDs(values map[string]interface{}) bool {
	if crds, ok := values["crds"].(map[string]interface{}); ok && crds["enabled"] == false {
		return false
	}
	return !o.skipCRDs
}
