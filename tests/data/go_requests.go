// Makes the requests go-*.csr beside it: go run go_requests.go (they were made with Go 1.19.8).
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"net"
	"net/url"
	"os"
)

func main() {
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	rsa2048, _ := rsa.GenerateKey(rand.Reader, 2048)
	service, _ := url.Parse("https://example.test/service")
	for name, key := range map[string]crypto.Signer{"p256": p256, "p384": p384, "rsa2048": rsa2048} {
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
			Subject: pkix.Name{
				CommonName: "www.example.test", Country: []string{"DE"},
				Organization: []string{"Größe"}, OrganizationalUnit: []string{"First", "Second"},
			},
			DNSNames: []string{"www.example.test", "*.wild.example.test"}, EmailAddresses: []string{"ops@example.test"},
			IPAddresses: []net.IP{net.ParseIP("10.0.0.7"), net.ParseIP("2001:db8::7")},
			URIs:        []*url.URL{service},
		}, key)
		if err != nil {
			panic(err)
		}
		block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
		os.WriteFile("go-"+name+".csr", block, 0o644)
	}
}
