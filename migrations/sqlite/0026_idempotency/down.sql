DROP TABLE done_requests;
