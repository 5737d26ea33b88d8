package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func listing(texts []string) string {
	return fmt.Sprintf("%d:%s", len(texts), strings.Join(texts, "\x1f"))
}

func regexpCompile(a []string) (string, error) {
	re, err := regexp.Compile(a[0])
	if err != nil {
		return "", err
	}
	return listing(re.SubexpNames()), nil
}

func regexpFind(a []string) (string, error) {
	re, err := regexp.Compile(a[0])
	if err != nil {
		return "", err
	}
	return fmt.Sprint(re.FindAllStringSubmatchIndex(a[1], -1)), nil
}

func regexpReplace(a []string) (string, error) {
	re, err := regexp.Compile(a[0])
	if err != nil {
		return "", err
	}
	return re.ReplaceAllString(a[1], a[2]) + "|" + re.ReplaceAllLiteralString(a[1], a[2]), nil
}

func regexpSplit(a []string) (string, error) {
	re, err := regexp.Compile(a[0])
	if err != nil {
		return "", err
	}
	n, _ := strconv.Atoi(a[2])
	return listing(re.Split(a[1], n)) + " " + listing(re.FindAllString(a[1], n)), nil
}

// moment reads "seconds nanoseconds zone".
func moment(text string) time.Time {
	parts := strings.Fields(text)
	seconds, _ := strconv.ParseInt(parts[0], 10, 64)
	nanoseconds, _ := strconv.ParseInt(parts[1], 10, 64)
	zone, err := time.LoadLocation(parts[2])
	if err != nil {
		panic(err)
	}
	return time.Unix(seconds, nanoseconds).In(zone)
}

func timeFormat(a []string) (string, error) { return moment(a[1]).Format(a[0]), nil }

func timeParse(a []string) (string, error) {
	zone, err := time.LoadLocation(a[2])
	if err != nil {
		return "", err
	}
	t, err := time.ParseInLocation(a[0], a[1], zone)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %d %s", t.Unix(), t.Nanosecond(), t), nil
}

func durationParse(a []string) (string, error) {
	d, err := time.ParseDuration(a[0])
	if err != nil {
		return "", err
	}
	digits := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	return fmt.Sprintln(int64(d), d, digits(d.Seconds()), digits(d.Minutes()), digits(d.Hours())), nil
}

func durationStep(a []string) (string, error) {
	d, err := time.ParseDuration(a[0])
	if err != nil {
		return "", err
	}
	m, err := time.ParseDuration(a[1])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s", d.Round(m), d.Truncate(m)), nil
}
