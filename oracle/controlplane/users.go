package main

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	api "k8s.io/client-go/tools/clientcmd/api"
)

const tokensFile = "tokens.csv"

// teamNamespace is the namespace in which the user `editor` may change things.
const teamNamespace = "team"

// user is one way into the control plane.
type user struct {
	Kubeconfig string `json:"kubeconfig"`
	// Token is empty for a user that has a client certificate instead.
	Token string `json:"token,omitempty"`
	Can   string `json:"can"`
}

// makeUsers writes the server's token file and a kubeconfig for each user.
func makeUsers(state, server string, keys keyFiles) (map[string]user, error) {
	users := map[string]user{
		"admin":     {Token: rand.Text(), Can: "do everything"},
		"editor":    {Token: rand.Text(), Can: "change most objects of namespace " + teamNamespace},
		"viewer":    {Token: rand.Text(), Can: "read everything, Secrets included"},
		"nobody":    {Token: rand.Text(), Can: "do nothing"},
		"certified": {Can: "do everything, by a client certificate"},
	}
	var tokens strings.Builder
	for name, u := range users {
		auth := api.AuthInfo{Token: u.Token}
		switch {
		case u.Token == "":
			auth.ClientCertificate, auth.ClientKey = keys.clientCert, keys.clientKey
		case name == "admin":
			tokens.WriteString(u.Token + ",admin,admin,system:masters\n")
		default:
			tokens.WriteString(strings.Join([]string{u.Token, name, name}, ",") + "\n")
		}
		u.Kubeconfig = filepath.Join(state, name+".kubeconfig")
		if err := writeKubeconfig(u.Kubeconfig, name, server, keys.caCert, auth); err != nil {
			return nil, err
		}
		users[name] = u
	}
	return users, os.WriteFile(filepath.Join(state, tokensFile), []byte(tokens.String()), 0o600)
}

// writeKubeconfig writes a configuration that carries what it needs, so that the file can be moved.
func writeKubeconfig(path, name, server, ca string, auth api.AuthInfo) error {
	config := api.NewConfig()
	config.Clusters["oracle"] = &api.Cluster{Server: server, CertificateAuthority: ca}
	config.AuthInfos[name] = &auth
	config.Contexts["oracle"] = &api.Context{Cluster: "oracle", AuthInfo: name}
	config.CurrentContext = "oracle"
	if err := api.FlattenConfig(config); err != nil {
		return err
	}
	return clientcmd.WriteToFile(*config, path)
}
