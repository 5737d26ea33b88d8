package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
)

func describe(v *semver.Version, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s|%s|%d|%d|%d|%s|%s", v, v.Original(), v.Major(), v.Minor(), v.Patch(), v.Prerelease(), v.Metadata()), nil
}

func semverParse(a []string) (string, error) { return describe(semver.NewVersion(a[0])) }

func semverStrict(a []string) (string, error) { return describe(semver.StrictNewVersion(a[0])) }

func semverCompare(a []string) (string, error) {
	v, err := semver.NewVersion(a[0])
	if err != nil {
		return "", err
	}
	o, err := semver.NewVersion(a[1])
	if err != nil {
		return "", err
	}
	return fmt.Sprint(v.Compare(o)), nil
}

func semverConstraint(a []string) (string, error) {
	c, err := semver.NewConstraint(a[0])
	if err != nil {
		return "", err
	}
	return c.String(), nil
}

func semverValidate(a []string) (string, error) {
	c, err := semver.NewConstraint(a[0])
	if err != nil {
		return "", err
	}
	v, err := semver.NewVersion(a[1])
	if err != nil {
		return "", err
	}
	ok, reasons := c.Validate(v)
	if ok != c.Check(v) {
		return "", errors.New("check and validate disagree")
	}
	if ok {
		return "true", nil
	}
	texts := []string{}
	for _, r := range reasons {
		texts = append(texts, r.Error())
	}
	return strings.Join(texts, "\n"), nil
}
