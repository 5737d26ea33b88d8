module sternpost/oracle/template

go 1.26
