"""Reference values for fitted peaks and sigmoids: scipy.optimize.curve_fit; versions in the tests."""
import numpy as np, scipy
from scipy.optimize import curve_fit
st=4711
def draw():
    global st
    st=(st*1103515245+12345)%2**31
    return st/2**31-0.5
G=lambda u: np.exp(-np.log(2)*u*u)
L=lambda u: 1/(1+u*u)
# Narrow enough that the window of the extractor holds all rows.
x=np.array([24.4+0.02*k for k in range(261)])
noise=np.array([draw() for _ in x])
def forms(form,x,*p):
    n=4 if form=='pv' else 3
    y=p[0]+p[1]*(x-27)
    for k in range((len(p)-2)//n):
        c,w,h=p[2+n*k:5+n*k]; u=2*(x-c)/w
        s={'g':0,'l':1}.get(form, p[5+n*k] if form=='pv' else 0)
        y=y+h*(s*L(u)+(1-s)*G(u))
    return y
true={'g':[10,0.2,27,0.8,50,28.4,1.1,20],'l':[10,0.2,27,0.8,50,28.4,1.1,20],'pv':[10,0.2,27,0.8,50,0.35,28.6,1.1,30,0.7]}
for form,p in true.items():
    y=forms(form,x,*p)+2*noise
    n=4 if form=='pv' else 3
    b=([-1e6,-1e6]+[0,0.01,0]*2,[1e6]*2+[99,10,1e4]*2) if n==3 else ([-1e6,-1e6]+[0,0.01,0,0]*2,[1e6]*2+[99,10,1e4,1]*2)
    q,c=curve_fit(lambda x,*q: forms(form,x,*q),x,y,p0=p,bounds=b,ftol=1e-15,xtol=1e-15,gtol=1e-15,max_nfev=100000)
    a=lambda q:q[2]*q[1]*((q[3] if n==4 else {'g':0,'l':1}[form])*np.pi/2+(1-(q[3] if n==4 else {'g':0,'l':1}[form]))*0.5*np.sqrt(np.pi/np.log(2)))
    print(form,[repr(float(v)) for v in q[2:2+n]],'area',a(q[2:2+n]),'sd',[float(v) for v in np.sqrt(np.diag(c))[2:2+n]])
t=np.arange(601.0); g=88-60/(1+np.exp(-(t-250)/20))+3*np.array([draw() for _ in t])
q,c=curve_fit(lambda t,a,b,m,s:a+b/(1+np.exp(-(t-m)/s)),t,g,p0=[88,-60,250,20],ftol=1e-15,xtol=1e-15,gtol=1e-15)
d=np.array([0,1/(4*q[3]),0,-q[1]/(4*q[3]**2)])
print('sigmoid',q[1]/(4*q[3]),q[2],'sd',np.sqrt(d@c@d),np.sqrt(c[2,2])); print(np.__version__,scipy.__version__)
