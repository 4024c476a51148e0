package main

import (
	"fmt"
	"os"
	"path"
	"strings"
)

// ignoreRule is a line of .helmignore.
type ignoreRule struct {
	pattern     string
	isNegated   bool
	foldersOnly bool
}

type ignoreRules []ignoreRule

// loadIgnoreRules reads a file that need not exist. Hidden files among the templates are always left out.
func loadIgnoreRules(name string) (ignoreRules, error) {
	rules := ignoreRules{{pattern: "templates/.?*"}}
	data, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return rules, nil
	}
	if err != nil {
		return nil, err
	}
	for number, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		rule := ignoreRule{pattern: line}
		if strings.HasPrefix(rule.pattern, "!") {
			rule.isNegated, rule.pattern = true, rule.pattern[1:]
		}
		if strings.HasSuffix(rule.pattern, "/") {
			rule.foldersOnly, rule.pattern = true, strings.TrimSuffix(rule.pattern, "/")
		}
		if _, err := path.Match(rule.pattern, ""); err != nil || strings.Contains(rule.pattern, "**") {
			return nil, fmt.Errorf("%s:%d: %q is no pattern that Helm takes", name, number+1, line)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// ignores: the last rule that says anything decides. Patterns with a slash are about the whole path.
func (rules ignoreRules) ignores(name string, isFolder bool) bool {
	isIgnored := false
	for _, rule := range rules {
		if rule.foldersOnly && !isFolder {
			continue
		}
		subject := path.Base(name)
		if strings.Contains(rule.pattern, "/") {
			subject = name
		}
		if matches, _ := path.Match(strings.TrimPrefix(rule.pattern, "/"), subject); matches {
			isIgnored = !rule.isNegated
		}
	}
	return isIgnored
}
