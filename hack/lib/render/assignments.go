package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxIndex keeps a slip of the finger from making a list that does not fit into memory; Helm's limit.
const maxIndex = 65536

// assignments reads the argument of --set: name=value pairs with commas between. Names go down into tables with dots
// and into lists with [0]; {a,b} is a list; a backslash takes the meaning off the sign after it.
type assignments struct {
	text    []rune
	next    int
	convert func(string) interface{}
}

// parseAssignments puts what the text says into the values.
func parseAssignments(text string, values map[string]interface{}, convert func(string) interface{}) error {
	parser := &assignments{text: []rune(text), convert: convert}
	for parser.next < len(parser.text) {
		if err := parser.assignment(values); err != nil {
			return err
		}
	}
	return nil
}

// typed is a value of --set: true, false, null, an integer without leading zeros, or a string.
func typed(text string) interface{} {
	switch strings.ToLower(text) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	case "0":
		return int64(0)
	}
	if text != "" && text[0] != '0' {
		if number, err := strconv.ParseInt(text, 10, 64); err == nil {
			return number
		}
	}
	return text
}

// asString is a value of --set-string.
func asString(text string) interface{} { return text }

// until reads to one of the signs and over it; 0 stands for the end of the text.
func (p *assignments) until(stops string) (string, rune) {
	var word []rune
	for p.next < len(p.text) {
		sign := p.text[p.next]
		p.next++
		if strings.ContainsRune(stops, sign) {
			return string(word), sign
		}
		if sign == '\\' {
			if p.next == len(p.text) {
				break
			}
			sign = p.text[p.next]
			p.next++
		}
		word = append(word, sign)
	}
	return string(word), 0
}

// assignment reads one name and its value into a table.
func (p *assignments) assignment(table map[string]interface{}) error {
	name, stop := p.until("=[,.")
	switch stop {
	case '=':
		value, err := p.value()
		if err != nil {
			return err
		}
		put(table, name, value)
		return nil
	case '.':
		inner, isTable := table[name].(map[string]interface{})
		if !isTable {
			if table[name] != nil {
				return fmt.Errorf("%s is no table", name)
			}
			inner = map[string]interface{}{}
		}
		err := p.assignment(inner)
		if err == nil && len(inner) == 0 {
			return fmt.Errorf("%s. has no value", name)
		}
		put(table, name, inner)
		return err
	case '[':
		list, isList := table[name].([]interface{})
		if !isList && table[name] != nil {
			return fmt.Errorf("%s is no list", name)
		}
		list, err := p.element(list)
		put(table, name, list)
		return err
	default:
		return fmt.Errorf("%q has no value", name)
	}
}

// element reads the rest of an index and the value of that element.
func (p *assignments) element(list []interface{}) ([]interface{}, error) {
	digits, stop := p.until("]")
	index, err := strconv.Atoi(digits)
	if err != nil || stop == 0 || index < 0 || index > maxIndex {
		return list, fmt.Errorf("[%s is no index from 0 to %d", digits, maxIndex)
	}
	for len(list) <= index {
		list = append(list, nil)
	}
	rest, stop := p.until("[.=")
	if rest != "" {
		return list, fmt.Errorf("%q after an index", rest)
	}
	switch stop {
	case '=':
		list[index], err = p.value()
	case '[':
		inner, _ := list[index].([]interface{})
		list[index], err = p.element(inner)
	case '.':
		inner, isTable := list[index].(map[string]interface{})
		if !isTable {
			inner = map[string]interface{}{}
		}
		err = p.assignment(inner)
		list[index] = inner
	default:
		err = errors.New("an index without a value")
	}
	return list, err
}

// value reads to the comma after it, and over that.
func (p *assignments) value() (interface{}, error) {
	if p.next == len(p.text) {
		return "", nil
	}
	if p.text[p.next] != '{' {
		word, _ := p.until(",")
		return p.convert(word), nil
	}
	p.next++
	list := []interface{}{}
	for {
		word, stop := p.until(",}")
		if stop == 0 {
			return nil, errors.New("a list without its }")
		}
		// {} comes to a list of one empty string, in Helm too.
		list = append(list, p.convert(word))
		if stop == '}' {
			p.skipComma()
			return list, nil
		}
	}
}

func (p *assignments) skipComma() {
	if p.next < len(p.text) && p.text[p.next] == ',' {
		p.next++
	}
}

// put leaves out a value without a name, such as after a comma at the end.
func put(table map[string]interface{}, name string, value interface{}) {
	if name != "" {
		table[name] = value
	}
}
