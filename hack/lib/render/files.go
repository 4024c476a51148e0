package main

import (
	"encoding/base64"
	"path"
	"regexp"
	"strings"
)

// chartFiles is .Files: what else is in the chart.
type chartFiles map[string][]byte

// GetBytes gives nothing for a file that is not there, as in Helm.
func (f chartFiles) GetBytes(name string) []byte {
	if data, ok := f[name]; ok {
		return data
	}
	return []byte{}
}

// Get is the text of a file.
func (f chartFiles) Get(name string) string { return string(f.GetBytes(name)) }

// Glob gives the files whose path matches: * and ? stay within a folder, ** does not, {a,b} is either.
func (f chartFiles) Glob(pattern string) chartFiles {
	matching := chartFiles{}
	expression, err := globExpression(pattern)
	if err != nil {
		return matching
	}
	for name, data := range f {
		if expression.MatchString(name) {
			matching[name] = data
		}
	}
	return matching
}

// AsConfig is the data of a ConfigMap, by file names without folders.
func (f chartFiles) AsConfig() string {
	data := map[string]string{}
	for name, content := range f {
		data[path.Base(name)] = string(content)
	}
	if len(data) == 0 {
		return ""
	}
	return toYAML(data)
}

// AsSecrets is the data of a Secret.
func (f chartFiles) AsSecrets() string {
	data := map[string]string{}
	for name, content := range f {
		data[path.Base(name)] = base64.StdEncoding.EncodeToString(content)
	}
	if len(data) == 0 {
		return ""
	}
	return toYAML(data)
}

// Lines are the lines of a text file; the line feed at its end begins none.
func (f chartFiles) Lines(name string) []string {
	text := f.Get(name)
	if text == "" {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func globExpression(pattern string) (*regexp.Regexp, error) {
	var expression strings.Builder
	expression.WriteString("^")
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch sign := pattern[i]; {
		case strings.HasPrefix(pattern[i:], "**"):
			expression.WriteString(".*")
			i++
		case sign == '*':
			expression.WriteString("[^/]*")
		case sign == '?':
			expression.WriteString("[^/]")
		case sign == '{':
			depth++
			expression.WriteString("(?:")
		case sign == '}' && depth > 0:
			depth--
			expression.WriteString(")")
		case sign == ',' && depth > 0:
			expression.WriteString("|")
		default:
			expression.WriteString(regexp.QuoteMeta(string(sign)))
		}
	}
	expression.WriteString("$")
	return regexp.Compile(expression.String())
}
