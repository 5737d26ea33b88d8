package main

// metadata stands for the structs that Helm reads: strings, lists, maps, nested structs.
type metadata struct {
	Name        string            `json:"name,omitempty"`
	Version     string            `json:"version,omitempty"`
	Deprecated  bool              `json:"deprecated,omitempty"`
	Weight      int               `json:"weight,omitempty"`
	Keywords    []string          `json:"keywords,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Maintainers []*maintainer     `json:"maintainers,omitempty"`
	Values      any               `json:"values,omitempty"`
}

type maintainer struct {
	Name string `json:"name,omitempty"`
	URL  string `json:"url,omitempty"`
}

// plain gives the fields that have been set.
func (m metadata) plain() any {
	out := map[string]any{}
	set := func(key string, value any, is bool) {
		if is {
			out[key] = value
		}
	}
	set("name", m.Name, m.Name != "")
	set("version", m.Version, m.Version != "")
	set("deprecated", m.Deprecated, m.Deprecated)
	set("weight", m.Weight, m.Weight != 0)
	set("values", m.Values, m.Values != nil)
	if m.Keywords != nil {
		list := []any{}
		for _, k := range m.Keywords {
			list = append(list, k)
		}
		out["keywords"] = list
	}
	if m.Annotations != nil {
		entries := map[string]any{}
		for k, v := range m.Annotations {
			entries[k] = v
		}
		out["annotations"] = entries
	}
	if m.Maintainers != nil {
		list := []any{}
		for _, m := range m.Maintainers {
			if m == nil {
				list = append(list, nil)
				continue
			}
			entries := map[string]any{}
			if m.Name != "" {
				entries["name"] = m.Name
			}
			if m.URL != "" {
				entries["url"] = m.URL
			}
			list = append(list, entries)
		}
		out["maintainers"] = list
	}
	return out
}
