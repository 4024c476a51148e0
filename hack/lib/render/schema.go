package main

import (
	"fmt"
	"sort"
	"strings"

	"github.com/xeipuuv/gojsonschema"
)

// validate holds the values against the chart's schema. Each line of the error begins with the value's name.
func validate(c *chart, values map[string]interface{}) error {
	if c.schema == nil {
		return nil
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(c.schema), gojsonschema.NewGoLoader(values))
	if err != nil {
		return fmt.Errorf("values.schema.json: %v", err)
	}
	if result.Valid() {
		return nil
	}
	var lines []string
	for _, problem := range result.Errors() {
		name := problem.Field()
		if property, ok := problem.Details()["property"].(string); ok {
			name = strings.TrimPrefix(name+"."+property, gojsonschema.STRING_ROOT_SCHEMA_PROPERTY+".")
		}
		lines = append(lines, name+": "+problem.Description())
	}
	sort.Strings(lines)
	return fmt.Errorf("the values do not meet the chart's schema:\n  %s", strings.Join(lines, "\n  "))
}
