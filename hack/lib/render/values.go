package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// keepNumbers has numbers of YAML stay the text that they are: as float64, 1000000 would print as 1e+06.
func keepNumbers(decoder *json.Decoder) *json.Decoder {
	decoder.UseNumber()
	return decoder
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
// null takes the default away. A table never replaces, or is replaced by, anything else: the schema refuses that.
func coalesce(values, defaults map[string]interface{}, path string) map[string]interface{} {
	for key, preset := range defaults {
		value, isSet := values[key]
		if !isSet {
			values[key] = deepCopy(preset)
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

func deepCopy(value interface{}) interface{} {
	switch value := value.(type) {
	case map[string]interface{}:
		result := make(map[string]interface{}, len(value))
		for key, member := range value {
			result[key] = deepCopy(member)
		}
		return result
	case []interface{}:
		result := make([]interface{}, len(value))
		for i, member := range value {
			result[i] = deepCopy(member)
		}
		return result
	default:
		return value
	}
}
