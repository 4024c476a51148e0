package main

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"sort"
	"strings"
	"text/template"
)

// maxDepth of includes that include themselves.
const maxDepth = 1000

// engine executes a chart's templates as Helm does.
type engine struct {
	chart    *chart
	context  map[string]interface{}
	includes map[string]int
}

func newEngine(c *chart, values, release map[string]interface{}, can *capabilities) *engine {
	return &engine{
		chart: c, includes: map[string]int{},
		context: map[string]interface{}{
			"Chart": c.metadata, "Files": chartFiles(c.files), "Release": release, "Capabilities": can, "Values": values,
		},
	}
}

// render gives the text of each template that is a file of its own. Those that begin with an underscore are for
// include, and NOTES.txt is for people.
func (e *engine) render() ([]file, error) {
	root := template.New("gotpl").Option("missingkey=zero")
	root.Funcs(e.functions(root))
	for _, f := range e.parseOrder() {
		if _, err := root.New(e.templateName(f)).Parse(string(f.data)); err != nil {
			return nil, readable(err)
		}
	}
	var rendered []file
	for _, f := range e.chart.templates {
		if base := path.Base(f.name); strings.HasPrefix(base, "_") || base == "NOTES.txt" {
			continue
		}
		name := e.templateName(f)
		e.context["Template"] = map[string]interface{}{
			"Name": name, "BasePath": path.Join(e.chart.metadata.Name, "templates"),
		}
		var text strings.Builder
		if err := root.ExecuteTemplate(&text, name, e.context); err != nil {
			return nil, readable(err)
		}
		rendered = append(rendered, file{name, []byte(withoutNoValue(text.String()))})
	}
	return rendered, nil
}

func (e *engine) templateName(f file) string { return path.Join(e.chart.metadata.Name, f.name) }

// parseOrder: deep ones first, so that of two definitions with one name the one nearer to the top wins.
func (e *engine) parseOrder() []file {
	order := append([]file{}, e.chart.templates...)
	sort.SliceStable(order, func(i, j int) bool {
		a, b := strings.Count(order[i].name, "/"), strings.Count(order[j].name, "/")
		if a != b {
			return a > b
		}
		return order[i].name > order[j].name
	})
	return order
}

// include executes a named template and gives its text, which a pipeline can go on with.
func (e *engine) include(root *template.Template) func(string, interface{}) (string, error) {
	return func(name string, data interface{}) (string, error) {
		if e.includes[name] > maxDepth {
			return "", fmt.Errorf("template %q includes itself without end", name)
		}
		e.includes[name]++
		defer func() { e.includes[name]-- }()
		var text strings.Builder
		err := root.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
}

// tpl executes a text as a template that knows the chart's. What it defines, the chart does not see.
func (e *engine) tpl(root *template.Template) func(string, interface{}) (string, error) {
	return func(source string, data interface{}) (string, error) {
		clone, err := root.Clone()
		if err != nil {
			return "", err
		}
		clone.Option("missingkey=zero").Funcs(e.functions(clone))
		parsed, err := clone.New(root.Name()).Parse(source)
		if err != nil {
			return "", fmt.Errorf("cannot parse template %q: %v", source, err)
		}
		var text strings.Builder
		if err := parsed.Execute(&text, data); err != nil {
			return "", fmt.Errorf("error during tpl function execution for %q: %w", source, err)
		}
		return withoutNoValue(text.String()), nil
	}
}

// withoutNoValue: Go prints "<no value>" for what is not there whatever missingkey says.
func withoutNoValue(text string) string { return strings.ReplaceAll(text, "<no value>", "") }

// stop is what required and fail say, found again in the errors that the template engine wraps around it.
type stop struct{ text string }

func (s stop) Error() string { return s.text }

var location = regexp.MustCompile(`^template: (\S+:\d+):\d+: `)

// readable takes the chain of calls off an error that a template's author wrote for the user.
func readable(err error) error {
	var said stop
	if !errors.As(err, &said) {
		return err
	}
	if place := location.FindStringSubmatch(err.Error()); place != nil {
		return fmt.Errorf("%s (%s)", said.text, place[1])
	}
	return said
}
