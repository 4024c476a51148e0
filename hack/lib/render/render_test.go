package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// table reads YAML as values are read.
func table(t *testing.T, text string) map[string]interface{} {
	t.Helper()
	values, err := readValues([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func equal(t *testing.T, got, want interface{}) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		t.Errorf("got %s %T, want %s %T", a, got, b, want)
	}
}

func TestSetReadsWhatHelmReads(t *testing.T) {
	type values = map[string]interface{}
	type list = []interface{}
	for text, want := range map[string]values{
		"a=1":                   {"a": int64(1)},
		"a=1,b=x":               {"a": int64(1), "b": "x"},
		"a.b.c=true":            {"a": values{"b": values{"c": true}}},
		"a=":                    {"a": ""},
		"a=null":                {"a": nil},
		"a=0,b=007,c=1.5,d=-3":  {"a": int64(0), "b": "007", "c": "1.5", "d": int64(-3)},
		"a=1e6,b=1000000":       {"a": "1e6", "b": int64(1000000)},
		"a={x,y,1}":             {"a": list{"x", "y", int64(1)}},
		"a={x,y},b=z":           {"a": list{"x", "y"}, "b": "z"},
		"a[0]=x,a[1].b=y":       {"a": list{"x", values{"b": "y"}}},
		"a[1]=x":                {"a": list{nil, "x"}},
		"a[0][1]=x":             {"a": list{list{nil, "x"}}},
		`a\.b/c=true`:           {"a.b/c": true},
		`a.x\.io/y\=z=1`:        {"a": values{"x.io/y=z": int64(1)}},
		`a=x\,y`:                {"a": "x,y"},
		"a=b=c":                 {"a": "b=c"},
		"a[0].k=1,a[0].v=2":     {"a": list{values{"k": int64(1), "v": int64(2)}}},
		"a=^(eth|en).*$":        {"a": "^(eth|en).*$"},
		"a={}":                  {"a": list{""}},
		"a.b=1,a.c=2":           {"a": values{"b": int64(1), "c": int64(2)}},
		"a=TRUE,b=False,c=NULL": {"a": true, "b": false, "c": nil},
		"a=9223372036854775808": {"a": "9223372036854775808"},
		"a= x ,b= y":            {"a": " x ", "b": " y"},
		"a.b[0].c[1]=x":         {"a": values{"b": list{values{"c": list{nil, "x"}}}}},
		"one=1,":                {"one": int64(1)},
	} {
		got := values{}
		if err := parseAssignments(text, got, typed); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v", text, got, want)
		}
	}
}

func TestSetRefusesWhatCannotBeMeant(t *testing.T) {
	for _, text := range []string{"a", "a.b", "a,b=1", "a={x", "a[x]=1", "a[-1]=1", "a[65537]=1", "a[0]x=1", "a[0]", "a[0"} {
		if err := parseAssignments(text, map[string]interface{}{}, typed); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
	for text, before := range map[string]string{"a.b=1": "a: 1", "a[0]=1": "a: {b: 1}"} {
		if err := parseAssignments(text, table(t, before), typed); err == nil {
			t.Errorf("%s is taken on %s", text, before)
		}
	}
}

func TestSetStringKeepsText(t *testing.T) {
	got := map[string]interface{}{}
	if err := parseAssignments("a=1,b=true,c={1,2},d=null", got, asString); err != nil {
		t.Fatal(err)
	}
	equal(t, got, map[string]interface{}{"a": "1", "b": "true", "c": []interface{}{"1", "2"}, "d": "null"})
}

func TestDefaultsAreMergedAndNullTakesThemAway(t *testing.T) {
	defaults := table(t, "{a: {x: 1, v: 2}, list: [1, 2], gone: {z: 1}, s: old, num: 5, none: null}")
	values := table(t, "{a: {x: 9, v: null, w: 3}, list: [3], gone: null, s: new, extra: null}")
	equal(t, coalesce(values, defaults, ""), table(t, "{a: {x: 9, w: 3}, list: [3], s: new, num: 5, extra: null}"))
	equal(t, defaults, table(t, "{a: {x: 1, v: 2}, list: [1, 2], gone: {z: 1}, s: old, num: 5, none: null}"))
}

func TestLaterFilesWinAndKeepTheirNulls(t *testing.T) {
	got := overlay(table(t, "{a: {x: 1, v: 2}, l: [1]}"), table(t, "{a: {v: null}, l: [2]}"))
	equal(t, got, table(t, "{a: {x: 1, v: null}, l: [2]}"))
}

// renderText renders one template on values.
func renderText(t *testing.T, template, values string, more ...file) (string, error) {
	t.Helper()
	c := &chart{metadata: metadata{Name: "c"}, files: map[string][]byte{"conf/a.txt": []byte("1\n2\n"), "b.txt": []byte("b")}}
	c.templates = append([]file{{"templates/t.yaml", []byte(template)}}, more...)
	can, err := newCapabilities("1.20", []string{"x/v1"})
	if err != nil {
		t.Fatal(err)
	}
	release := map[string]interface{}{"Name": "r", "Namespace": "n", "Service": "Helm"}
	files, err := newEngine(c, table(t, values), release, can).render()
	if err != nil {
		return "", err
	}
	return string(files[0].data), nil
}

func TestTemplatesGiveWhatHelmGives(t *testing.T) {
	helpers := file{"templates/_h.tpl", []byte(`{{ define "h" }}<{{ .x }}>{{ end }}`)}
	values := `{num: 1000000, f: 1.5, s: {b: [1, "2"], a: true}, x: v, t: '{{ .x }}', big: 12345678901, e: {}, z: 0}`
	for template, want := range map[string]string{
		`{{ .Values.num }}|{{ .Values.num | int }}|{{ .Values.f }}|{{ .Values.big }}`: "1000000|1000000|1.5|12345678901",
		`{{ toYaml .Values.s }}|`:           "a: true\nb:\n- 1\n- \"2\"|",
		`{{ toYaml .Values.num }}`:          "1000000",
		`{{ toJson .Values.s }}`:            `{"a":true,"b":[1,"2"]}`,
		`{{ include "h" .Values | upper }}`: "<V>",
		`{{ tpl .Values.t .Values }}|{{ tpl "{{ include \"h\" . }}" .Values }}`:                "v|<v>",
		`{{ tpl "{{ .Values.none }}" . }}`:                                                     "",
		`[{{ .Values.none }}]`:                                                                 "[]",
		`{{ (fromYaml "a: [1]").a | first }}`:                                                  "1",
		`{{ (fromYaml "a: [").Error | empty }}`:                                                "false",
		`{{ fromYamlArray "[1, x]" | join "," }}`:                                              "1,x",
		`{{ fromJson "{\"a\": 1}" | toYaml }}`:                                                 "a: 1",
		`{{ lookup "v1" "Secret" "n" "s" | empty }}`:                                           "true",
		`{{ required "no" .Values.x }}`:                                                        "v",
		`{{ .Release.Name }}/{{ .Release.Namespace }}/{{ .Chart.Name }}`:                       "r/n/c",
		`{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Minor }}`:                "v1.20.0 20",
		`{{ .Capabilities.APIVersions.Has "x/v1" }}{{ .Capabilities.APIVersions.Has "y/v1" }}`: "truefalse",
		`{{ semverCompare ">=1.19-0" .Capabilities.KubeVersion.Version }}`:                     "true",
		`{{ .Files.Get "b.txt" }}{{ .Files.Get "none" }}{{ .Files.Lines "conf/a.txt" | len }}`: "b2",
		`{{ (.Files.Glob "conf/*").AsConfig }}`:                                                "a.txt: |\n  1\n  2",
		`{{ (.Files.Glob "*").AsSecrets }}`:                                                    "b.txt: Yg==",
		`{{ range $p, $_ := .Files.Glob "**.txt" }}{{ $p }} {{ end }}`:                         "b.txt conf/a.txt ",
		`{{ .Template.Name }} {{ .Template.BasePath }}`:                                        "c/templates/t.yaml c/templates",
		"a:\n  {{- toYaml .Values.s | nindent 2 }}\n":                                          "a:\n  a: true\n  b:\n  - 1\n  - \"2\"\n",
		`{{ eq .Values.num 1000000 }} {{ kindOf .Values.num }} {{ kindOf .Values.f }}`:         "true int64 float64",
		`{{ toYaml .Values.e }}`:                                                               "{}",
		`{{ if .Values.z }}yes{{ else }}no{{ end }}`:                                           "no",
		`{{ toYaml (dict "a" nil) }}`:                                                          "a: null",
	} {
		got, err := renderText(t, template, values, helpers)
		if err != nil || got != want {
			t.Errorf("%s: got %q %v, want %q", template, got, err, want)
		}
	}
}

func TestErrorsSayWhatTheTemplateSays(t *testing.T) {
	helpers := file{"templates/_h.tpl", []byte(`{{ define "h" }}{{ fail "x.y: no" }}{{ end }}`)}
	for template, want := range map[string]string{
		`{{ include "h" . }}`:                     "x.y: no (c/templates/t.yaml:1)",
		`{{ required "x.z: give it" .Values.q }}`: "x.z: give it (c/templates/t.yaml:1)",
		`{{ required "x.e: give it" "" }}`:        "x.e: give it (c/templates/t.yaml:1)",
	} {
		if _, err := renderText(t, template, "{}", helpers); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %q", template, err, want)
		}
	}
	for _, template := range []string{`{{ env "HOME" }}`, `{{ include "none" . }}`, `{{ if }}`, `{{ .Values.a.b.c }}`} {
		if _, err := renderText(t, template, "{}"); err == nil {
			t.Errorf("%s renders", template)
		}
	}
}

func TestObjectsComeInTheOrderOfCreation(t *testing.T) {
	object := func(kind, name string) string {
		return "apiVersion: v1\nkind: " + kind + "\nmetadata: {name: " + name + "}\n"
	}
	hook := "apiVersion: v1\nkind: Pod\nmetadata: {name: h, annotations: {helm.sh/hook: test}}\n"
	files := []file{
		{"c/templates/a.yaml", []byte("\n---\n" + object("Zebra", "z") + "---\n# nothing\n---\n" + object("Deployment", "d") + "--- \n" + hook)},
		{"c/templates/b.yaml", []byte(object("Apple", "a") + "---\n" + object("ServiceAccount", "s"))},
		{"c/templates/c.yaml", []byte("\n  \n")},
	}
	c := &chart{metadata: metadata{Name: "c"}, files: map[string][]byte{"crds/x.yaml": []byte("crd: x\n"), "crds/README.md": nil}}
	text, err := assemble(c, files, true)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "kind: ") || strings.HasPrefix(line, "crd: ") {
			kinds = append(kinds, line)
		}
	}
	equal(t, kinds, []string{"crd: x", "kind: ServiceAccount", "kind: Deployment", "kind: Apple", "kind: Zebra"})
	if text, _ = assemble(c, files, false); strings.Contains(text, "crd") {
		t.Error("definitions although they are not wanted")
	}
}

func TestWhatIsNoObjectIsRefused(t *testing.T) {
	for _, text := range []string{"a: [", "a: 1\na: 2\napiVersion: v1", "kind: Pod\napiVersion: v1", "just text"} {
		if _, err := split(file{"f", []byte(text)}); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestIgnoredFilesAreNotRead(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"Chart.yaml": "{apiVersion: v2, name: c, version: 1.0.0}", ".helmignore": "# comment\n*.bak\nskip/\n!keep.bak\n/top.txt\n",
		"a.bak": "", "keep.bak": "", "skip/x": "", "sub/skip": "", "templates/.hidden": "", "templates/x.yaml": "", "top.txt": "",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := loadChart(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range c.files {
		names = append(names, name)
	}
	equal(t, len(names), 3)
	for _, name := range []string{".helmignore", "keep.bak", "sub/skip"} {
		if _, ok := c.files[name]; !ok {
			t.Errorf("%s is not read", name)
		}
	}
	equal(t, len(c.templates), 1)
}

func TestSchemaErrorsBeginWithTheName(t *testing.T) {
	c := &chart{schema: []byte(`{"type": "object", "additionalProperties": false, "properties": {
		"a": {"type": "object", "additionalProperties": false, "properties": {"num": {"type": "integer", "maximum": 5}}}}}`)}
	for values, want := range map[string]string{
		"{a: {num: 6}}": "a.num: ", "{a: {num: x}}": "a.num: ", "{a: {m: 1}}": "a.m: ", "{b: 1}": "b: ", "{a: 1}": "a: ",
	} {
		if err := validate(c, table(t, values)); err == nil || !strings.Contains(err.Error(), "\n  "+want) {
			t.Errorf("%s: %v", values, err)
		}
	}
	if err := validate(c, table(t, "{a: {num: 5}}")); err != nil {
		t.Error(err)
	}
}

func TestVersionsOfKubernetes(t *testing.T) {
	for version, fits := range map[string]bool{"1.17.9": false, "1.18": true, "v1.18.0-eks-1": true, "1.34.1": true} {
		can, err := newCapabilities(version, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := can.require(">=1.18.0-0"); (err == nil) != fits {
			t.Errorf("%s: %v", version, err)
		}
	}
	if _, err := newCapabilities("new", nil); err == nil {
		t.Error("a version that is none is taken")
	}
}
