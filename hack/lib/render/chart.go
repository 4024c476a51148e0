package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

// metadata is Chart.yaml, by the names that templates use.
type metadata struct {
	Name        string            `json:"name"`
	Home        string            `json:"home"`
	Sources     []string          `json:"sources"`
	Version     string            `json:"version"`
	Description string            `json:"description"`
	Keywords    []string          `json:"keywords"`
	Icon        string            `json:"icon"`
	APIVersion  string            `json:"apiVersion"`
	AppVersion  string            `json:"appVersion"`
	Deprecated  bool              `json:"deprecated"`
	Annotations map[string]string `json:"annotations"`
	KubeVersion string            `json:"kubeVersion"`
	Type        string            `json:"type"`
	IsRoot      bool              `json:"-"`
}

// file is a file of a chart, named by its path in it.
type file struct {
	name string
	data []byte
}

// chart is a folder with Chart.yaml. Dependencies are not read.
type chart struct {
	metadata  metadata
	values    map[string]interface{}
	schema    []byte
	templates []file
	// files are the others: what .Files gives.
	files map[string][]byte
}

func loadChart(folder string) (*chart, error) {
	c := &chart{files: map[string][]byte{}}
	files, err := readFolder(folder)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		switch {
		case f.name == "Chart.yaml":
			err = yaml.Unmarshal(f.data, &c.metadata)
		case f.name == "values.yaml":
			c.values, err = readValues(f.data)
		case f.name == "values.schema.json":
			c.schema = f.data
		case f.name == "Chart.lock":
		case strings.HasPrefix(f.name, "templates/"):
			c.templates = append(c.templates, f)
		case strings.HasPrefix(f.name, "charts/"):
			return nil, fmt.Errorf("%s: dependencies are not supported here, use Helm", filepath.Join(folder, f.name))
		default:
			c.files[f.name] = f.data
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %v", filepath.Join(folder, f.name), err)
		}
	}
	if c.values == nil {
		c.values = map[string]interface{}{}
	}
	if c.metadata.Name == "" {
		return nil, fmt.Errorf("%s: no chart there: Chart.yaml is missing or has no name", folder)
	}
	c.metadata.IsRoot = true
	return c, nil
}

// readFolder reads all files that .helmignore does not leave out, by name.
func readFolder(folder string) ([]file, error) {
	rules, err := loadIgnoreRules(filepath.Join(folder, ".helmignore"))
	if err != nil {
		return nil, err
	}
	var files []file
	err = filepath.Walk(folder, func(full string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, full)
		if err != nil || relative == "." {
			return err
		}
		name := filepath.ToSlash(relative)
		if info.IsDir() {
			if rules.ignores(name, true) {
				return filepath.SkipDir
			}
			return nil
		}
		if rules.ignores(name, false) {
			return nil
		}
		data, err := os.ReadFile(full)
		files = append(files, file{name, data})
		return err
	})
	sort.Slice(files, func(i, j int) bool { return files[i].name < files[j].name })
	return files, err
}

// crds are the files that are applied before anything else, by name.
func (c *chart) crds() []file {
	var crds []file
	for name, data := range c.files {
		extension := path.Ext(name)
		if strings.HasPrefix(name, "crds/") && (extension == ".yaml" || extension == ".yml" || extension == ".json") {
			crds = append(crds, file{name, data})
		}
	}
	sort.Slice(crds, func(i, j int) bool { return crds[i].name < crds[j].name })
	return crds
}
