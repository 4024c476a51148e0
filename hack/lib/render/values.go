package main

import (
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

// readValues reads a file of values. Whole numbers stay whole, however large. In Helm they are float64, and 1000000 prints
// as 1e+06: a template that is to give the same in both pipes numbers through int.
func readValues(data []byte) (map[string]interface{}, error) {
	values := map[string]interface{}{}
	keepDigits := func(decoder *json.Decoder) *json.Decoder {
		decoder.UseNumber()
		return decoder
	}
	if err := yaml.Unmarshal(data, &values, keepDigits); err != nil {
		return nil, err
	}
	return transform(values).(map[string]interface{}), nil
}

// transform copies a value, with numbers in the type that fits them.
func transform(value interface{}) interface{} {
	switch value := value.(type) {
	case map[string]interface{}:
		result := make(map[string]interface{}, len(value))
		for key, member := range value {
			result[key] = transform(member)
		}
		return result
	case []interface{}:
		result := make([]interface{}, len(value))
		for i, member := range value {
			result[i] = transform(member)
		}
		return result
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole
		}
		if fraction, err := value.Float64(); err == nil {
			return fraction
		}
		return value.String()
	default:
		return value
	}
}

// overlay puts the values of a later file on those of earlier ones. A null stays, so that it can take a default away.
func overlay(below, above map[string]interface{}) map[string]interface{} {
	result := make(map[string]interface{}, len(below)+len(above))
	for key, value := range below {
		result[key] = value
	}
	for key, value := range above {
		upper, isTable := value.(map[string]interface{})
		lower, wasTable := result[key].(map[string]interface{})
		if isTable && wasTable {
			result[key] = overlay(lower, upper)
		} else {
			result[key] = value
		}
	}
	return result
}

// coalesce adds a chart's defaults to what a user says. Tables are merged; lists and scalars are the user's as a whole;
// null takes the default away, and a
// default that is null is none. A table never replaces, or is replaced by, anything else: the schema refuses that.
func coalesce(values, defaults map[string]interface{}, path string) map[string]interface{} {
	for key, preset := range defaults {
		value, isSet := values[key]
		if !isSet {
			if preset != nil {
				values[key] = transform(preset)
			}
			continue
		}
		if value == nil {
			delete(values, key)
			continue
		}
		table, isTable := value.(map[string]interface{})
		presetTable, isPresetTable := preset.(map[string]interface{})
		switch {
		case isTable && isPresetTable:
			coalesce(table, presetTable, path+key+".")
		case isTable != isPresetTable && preset != nil:
			fmt.Fprintf(os.Stderr, "render: warning: %s%s: a table stands for another kind of value\n", path, key)
		}
	}
	return values
}
