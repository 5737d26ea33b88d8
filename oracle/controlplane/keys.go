package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// keyFiles are the paths of a control plane's certificates and keys.
type keyFiles struct {
	caCert, serverCert, serverKey string
	// accounts is the key that signs the tokens of service accounts.
	accounts string
	// clientCert and clientKey are an administrator's.
	clientCert, clientKey string
}

// makeKeys writes a certificate authority's certificate, what it signed for the server and for an
// administrator, and a key for service accounts.
func makeKeys(state string) (keyFiles, error) {
	at := func(name string) string { return filepath.Join(state, name) }
	files := keyFiles{
		caCert: at("ca.crt"), serverCert: at("server.crt"), serverKey: at("server.key"),
		accounts: at("accounts.key"), clientCert: at("client.crt"), clientKey: at("client.key"),
	}
	ca, caKey, err := issue(certificate("sternpost oracle"), nil, nil, files.caCert, "")
	if err != nil {
		return files, err
	}
	server := certificate("kube-apiserver")
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(10, 96, 0, 1)}
	server.DNSNames = []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}
	if _, _, err := issue(server, ca, caKey, files.serverCert, files.serverKey); err != nil {
		return files, err
	}
	client := certificate("certified")
	client.Subject.Organization = []string{"system:masters"}
	if _, _, err := issue(client, ca, caKey, files.clientCert, files.clientKey); err != nil {
		return files, err
	}
	_, err = newKey(files.accounts)
	return files, err
}

func certificate(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		SerialNumber:          big.NewInt(now.UnixNano()),
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(30 * 24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
}

// issue signs a certificate with a new key and writes both; without an authority it becomes one itself.
func issue(template, ca *x509.Certificate, caKey *ecdsa.PrivateKey, certPath, keyPath string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := newKey(keyPath)
	if err != nil {
		return nil, nil, err
	}
	if ca == nil {
		ca, caKey = template, key
		template.IsCA = true
		template.KeyUsage |= x509.KeyUsageCertSign
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, &key.PublicKey, caKey)
	if err != nil {
		return nil, nil, err
	}
	if err := writePEM(certPath, "CERTIFICATE", der); err != nil {
		return nil, nil, err
	}
	made, err := x509.ParseCertificate(der)
	return made, key, err
}

// newKey makes a key and writes it, if a path is given.
func newKey(path string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil || path == "" {
		return key, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writePEM(path, "EC PRIVATE KEY", der)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
