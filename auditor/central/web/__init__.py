"""The pages and the API, served by litestar.

serving          the application, put together, and its start
state            what every request needs: home, engine, writer, limits
answers          errors as problem+json or as a page
shield           headers, sizes, and cookies that hold
api_send         a report's way in; enrolling keys
api_read         figures, schools, findings and rules as JSON
rendering        templates
signing_in       password, second factor, single sign-on, signing out
pages_*          what people see
"""
