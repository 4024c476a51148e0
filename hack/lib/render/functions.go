package main

import (
	"encoding/json"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

// functions are sprig's without those that look at this machine, and Helm's own. toToml is not among them.
func (e *engine) functions(root *template.Template) template.FuncMap {
	functions := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv"} {
		delete(functions, name)
	}
	for name, function := range map[string]interface{}{
		"include": e.include(root), "tpl": e.tpl(root), "required": required, "fail": fail, "lookup": lookup,
		"getHostByName": func(string) string { return "" },
		"toYaml":        toYAML, "fromYaml": fromYAML, "fromYamlArray": fromYAMLArray,
		"toJson": toJSON, "fromJson": fromJSON, "fromJsonArray": fromJSONArray,
	} {
		functions[name] = function
	}
	return functions
}

func required(message string, value interface{}) (interface{}, error) {
	if value == nil || value == "" {
		return value, stop{message}
	}
	return value, nil
}

func fail(message string) (string, error) { return "", stop{message} }

// lookup finds nothing, as in every rendering that asks no cluster.
func lookup(apiVersion, kind, namespace, name string) (map[string]interface{}, error) {
	return map[string]interface{}{}, nil
}

// toYAML gives no line feed at the end, and nothing for what cannot be said in YAML.
func toYAML(value interface{}) string {
	data, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

// fromYAML has the error as the member Error, for templates that ask.
func fromYAML(text string) map[string]interface{} {
	table := map[string]interface{}{}
	if err := yaml.Unmarshal([]byte(text), &table); err != nil {
		table["Error"] = err.Error()
	}
	return table
}

func fromYAMLArray(text string) []interface{} {
	list := []interface{}{}
	if err := yaml.Unmarshal([]byte(text), &list); err != nil {
		return []interface{}{err.Error()}
	}
	return list
}

func toJSON(value interface{}) string {
	data, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(data)
}

func fromJSON(text string) map[string]interface{} {
	table := map[string]interface{}{}
	if err := json.Unmarshal([]byte(text), &table); err != nil {
		table["Error"] = err.Error()
	}
	return table
}

func fromJSONArray(text string) []interface{} {
	list := []interface{}{}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return []interface{}{err.Error()}
	}
	return list
}
