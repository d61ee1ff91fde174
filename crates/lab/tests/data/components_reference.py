"""Reference values for principal components of series: numpy; the version is in the test."""
import numpy as np
st=99
def draw():
    global st
    st=(st*1103515245+12345)%2**31
    return st/2**31
t=np.arange(40.0); hill=lambda m: np.exp(-((t-m)/4)**2)
X=[]
for _ in range(12):
    a=5*draw(); b=2*draw()
    X.append(a*hill(12)+b*hill(25)+0.01*np.array([draw() for _ in t]))
X=np.array(X); mean=X.mean(0); U,S,V=np.linalg.svd(X-mean,full_matrices=False)
print('shares',(S**2/(S**2).sum())[:2].tolist())
V=V[:2]*np.sign([v[np.argmax(np.abs(v))] for v in V[:2]])[:,None]
x=X[3]-mean; s=V@x; r=x-s@V
print('place',s.tolist(),np.sqrt((r@r)/len(r)), np.__version__)
